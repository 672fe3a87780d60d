"""Detectors are built from names, configs and detectors."""

import pytest

from mmfsa.detection import build_detector, centerface


def test_a_detector_is_itself():
    detector = build_detector('none')
    assert build_detector(detector) is detector


def test_a_config_has_options(detector):
    detector('mtcnn')
    assert build_detector(dict(type='mtcnn', min_face_size=40)).min_face_size == 40


@pytest.mark.parametrize(
    ('name', 'error', 'message'),
    [
        (
            'retina',
            ValueError,
            "no face detector 'retina': blazeface, blazeface-full, centerface",
        ),
        ('yunet', ValueError, 'yunet:MODEL.onnx'),
        ('yunet:nowhere.onnx', FileNotFoundError, 'nowhere.onnx'),
        ('mmdet', ValueError, 'mmdet:CONFIG_OR_NAME'),
        ('none:x.onnx', ValueError, r'none brings its model, and takes no x\.onnx'),
        (f'yunet:{__file__}', ValueError, r'test_build\.py is no model of YuNet'),
    ],
)
def test_what_can_not_be_built(name, error, message):
    with pytest.raises(error, match=message):
        build_detector(name)


@pytest.mark.parametrize(
    ('device', 'available', 'provider'),
    [
        ('cuda', ['CUDA', 'CPU'], 'CUDA'),
        ('cuda:1', ['CUDA', 'CPU'], 'CUDA'),
        ('cuda', ['CPU'], 'CPU'),
        ('cpu', ['CUDA', 'CPU'], 'CPU'),
        (None, ['CUDA', 'CPU'], 'CPU'),
        ('GPU', ['CUDA', 'CPU'], 'CPU'),  # OpenVINO's name: for the network alone
    ],
)
def test_the_device_reaches_centerface(monkeypatch, device, available, provider):
    onnxruntime = pytest.importorskip('onnxruntime')
    providers = [f'{name}ExecutionProvider' for name in available]
    monkeypatch.setattr(onnxruntime, 'get_available_providers', lambda: providers)
    used = []
    monkeypatch.setattr(centerface, 'wheel_file', lambda *_: None)
    monkeypatch.setattr(centerface, 'load_session', lambda _, p: used.append(p))
    build_detector('centerface', device)
    assert used == [f'{provider}ExecutionProvider']


def test_a_config_knows_its_device_best(monkeypatch):
    used = []
    monkeypatch.setattr(centerface, 'wheel_file', lambda *_: None)
    monkeypatch.setattr(centerface, 'provider_of', used.append)
    monkeypatch.setattr(centerface, 'load_session', lambda *_: None)
    build_detector(dict(type='centerface', device='cpu'), 'cuda')
    assert used == ['cpu']
    assert build_detector('none', 'cuda')  # it has no choice
