"""YuNet: its outputs become boxes in the image's pixels."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from mmfsa.detection import build_detector

OUTPUTS = {'cls': 1, 'obj': 1, 'bbox': 4, 'kps': 10}


@pytest.fixture(scope='module')
def model(tmp_path_factory):
    """A network with YuNet's outputs, whose scores are the image's brightness.

    A face's box has the size of a cell; its middle and landmarks lie in the cell's
    upper left corner.
    """
    onnx = pytest.importorskip('onnx')
    make, array = onnx.helper, onnx.numpy_helper.from_array
    nodes, weights, outputs = [], [], []
    for stride in (8, 16, 32):
        cells = f'cells_{stride}'
        side = [stride, stride]
        nodes.append(
            make.make_node(
                'AveragePool', ['input'], [cells], kernel_shape=side, strides=side
            )
        )
        for name, channels in OUTPUTS.items():
            out = f'{name}_{stride}'
            weight = np.zeros((channels, 3, 1, 1), np.float32)
            if name in ('cls', 'obj'):
                weight += 1 / 3 / 255
            shape = np.array([1, -1, channels])
            weights += [array(weight, f'{out}_w'), array(shape, f'{out}_s')]
            nodes += [
                make.make_node(
                    'Conv', [cells, f'{out}_w'], [f'{out}_c'], kernel_shape=[1, 1]
                ),
                make.make_node(
                    'Transpose', [f'{out}_c'], [f'{out}_t'], perm=[0, 2, 3, 1]
                ),
                make.make_node('Reshape', [f'{out}_t', f'{out}_s'], [out]),
            ]
            outputs.append(make.make_tensor_value_info(out, 1, [1, None, channels]))
    image = make.make_tensor_value_info('input', 1, [1, 3, 640, 640])
    graph = make.make_graph(nodes, 'yunet', [image], outputs, weights)
    opset = [make.make_opsetid('', 13)]
    path = tmp_path_factory.mktemp('yunet') / 'model.onnx'
    onnx.save(make.make_model(graph, opset_imports=opset, ir_version=8), path)
    return path


def test_boxes_and_landmarks_in_the_images_pixels(model):
    detect = build_detector(f'yunet:{model}')
    image = np.zeros((1280, 960, 3), np.uint8)  # scaled by 1/2
    image[160:176, 320:336] = 255
    image[480:496, 64:80] = 200
    found = detect(image)
    np.testing.assert_allclose(found.scores, [1, 200 / 255], atol=0.01)
    np.testing.assert_allclose(
        found.boxes, [[312, 152, 328, 168], [56, 472, 72, 488]], atol=1e-3
    )
    np.testing.assert_allclose(found.landmarks[0], [[320, 160]] * 5, atol=1e-3)


def test_no_faces(model):
    found = build_detector(f'yunet:{model}')(np.zeros((50, 70, 3), np.uint8))
    assert found.boxes.shape == (0, 4) and found.landmarks.shape == (0, 5, 2)


def test_threads_share_it(model):
    """A net has one call's numbers, and one size of image."""
    detect = build_detector(f'yunet:{model}')
    images = [np.zeros((160 + 32 * i, 320, 3), np.uint8) for i in range(4)]
    for i, image in enumerate(images):
        image[32 * i : 32 * i + 16, 64:80] = 255
    alone = [detect(image).boxes for image in images]
    assert all(map(len, alone))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda image: detect(image).boxes, images * 8))
    for one, other in zip(found, alone * 8, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3)
