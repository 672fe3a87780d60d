"""OpNet's localizer: one box for a frame, or none."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from mmfsa.detection import build_detector
from mmfsa.engine import save_checkpoint
from mmfsa.inputs import convert_boxes
from mmfsa.models.opnet import HeadLocalizer
from mmfsa.zoo.convert import convert


@pytest.fixture
def model(tmp_path):
    """A localizer that looks at bright places; its logit is that of the last bias."""
    network = HeadLocalizer()
    with torch.no_grad():
        network.layers[-1].weight[0] = 0
        network.layers[-1].bias[0] = 2.0
    path = tmp_path / 'localizer.pth'
    save_checkpoint(dict(state_dict=network.state_dict(), meta={}), path)
    return path


def test_one_box_in_the_pixels_of_the_image(model):
    image = np.random.default_rng(0).integers(0, 256, (300, 500, 3), dtype=np.uint8)
    found = build_detector(f'opnet_localizer:{model}')(image)
    assert found.kind == 'opnet_localizer'
    assert found.scores.tolist() == pytest.approx([1 / (1 + np.exp(-2))])
    with torch.no_grad():
        network = HeadLocalizer()
        network.load_state_dict(torch.load(model)['state_dict'])
        _, ((x1, y1, x2, y2),) = network(torch.full((1, 1, 224, 288), 0.1))
    box = [(x1 + 1) * 250, (y1 + 1) * 150, (x2 + 1) * 250, (y2 + 1) * 150]
    np.testing.assert_allclose(found.boxes[0], box, atol=60)
    for target in ('visible', 'landmarks68'):
        assert convert_boxes(found.boxes, found.kind, target).shape == (1, 4)


def test_a_face_below_the_threshold_is_none(model):
    detect = build_detector(
        dict(type='opnet_localizer', model=str(model), threshold=0.9)
    )
    found = detect(np.zeros((40, 50, 3), np.uint8))
    assert found.boxes.shape == (0, 4) and len(found) == 0


def test_threads_share_it(model):
    detect = build_detector(f'opnet_localizer:{model}')
    random = np.random.default_rng(0)
    images = [random.integers(0, 256, (30 + i, 50, 3), np.uint8) for i in range(4)]
    alone = [detect(image).boxes for image in images]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda image: detect(image).boxes, images * 4))
    for one, other in zip(found, alone * 4, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3)


def test_weights_that_are_no_numbers_are_refused(model):
    """They would find no face, and say nothing."""
    checkpoint = torch.load(model)
    next(iter(checkpoint['state_dict'].values()))[0] = float('nan')
    save_checkpoint(checkpoint, model)
    with pytest.raises(ValueError, match=r'localizer\.pth holds NaN or infinite'):
        build_detector(f'opnet_localizer:{model}')


def test_what_is_no_localizer_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr('mmfsa.zoo.weights.kept_path', lambda _: tmp_path / 'none.pth')
    with pytest.raises(FileNotFoundError, match=r'none\.pth; .*mmfsa convert head-lo'):
        build_detector('opnet_localizer')
    (tmp_path / 'x.onnx').touch()
    with pytest.raises(ValueError, match=r'x\.onnx is damaged or no ONNX file'):
        build_detector(f'opentrack-localizer:{tmp_path / "x.onnx"}')
    save_checkpoint(dict(state_dict={}, meta={}), tmp_path / 'other.pth')
    with pytest.raises(ValueError, match=r"is not OpNet's localizer"):
        build_detector(f'opnet_localizer:{tmp_path / "other.pth"}')


def test_the_released_localizer_finds_a_face(shared, tmp_path):
    import cv2

    source = shared / 'weights/rivals/opentrack/head-localizer.onnx'
    convert(source, tmp_path / 'localizer.pth')
    detect = build_detector(f'opnet_localizer:{tmp_path / "localizer.pth"}')
    image = cv2.imread(str(shared / 'data/AFLW2000/image00002.jpg'))
    found = detect(image)
    (box,) = convert_boxes(found.boxes, found.kind, 'landmarks68')
    assert found.scores[0] > 0.5
    np.testing.assert_allclose(box, [122, 167, 345, 376], atol=40)
    own = build_detector(f'opentrack-localizer:{source}')(image)
    np.testing.assert_allclose(own.boxes, found.boxes, atol=0.05)
    np.testing.assert_allclose(own.scores, found.scores, atol=1e-5)
