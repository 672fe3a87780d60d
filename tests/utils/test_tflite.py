"""A TensorFlow Lite file computes the same as ONNX, and other files are refused."""

import cv2
import numpy as np
import pytest

from mmfsa.detection.wheel_file import mediapipe_file
from mmfsa.utils.onnx_session import open_session
from mmfsa.utils.tflite import tflite_to_onnx


@pytest.mark.parametrize(
    'name', ['face_detection_short_range', 'face_detection_full_range']
)
def test_equals_opencvs_reading_of_the_file(name):
    try:
        path = mediapipe_file(f'{name}.tflite')
    except ImportError as e:
        pytest.skip(str(e))
    session = open_session(tflite_to_onnx(path))
    (images,) = session.get_inputs()
    blob = np.random.default_rng(0).uniform(-1, 1, images.shape).astype(np.float32)
    net = cv2.dnn.readNetFromTFLite(str(path))
    net.setInput(blob)
    expected = dict(
        zip(
            net.getUnconnectedOutLayersNames(),
            net.forward(net.getUnconnectedOutLayersNames()),
            strict=True,
        )
    )
    names = [output.name for output in session.get_outputs()]
    assert sorted(names) == sorted(expected)
    for output, found in zip(
        names, session.run(None, {images.name: blob}), strict=True
    ):
        np.testing.assert_allclose(found, expected[output], rtol=1e-4, atol=2e-4)


def test_other_files_are_refused(tmp_path):
    path = tmp_path / 'x.tflite'
    path.write_bytes(b'no FlatBuffer')
    with pytest.raises(ValueError, match=r'x\.tflite is no TensorFlow Lite file'):
        tflite_to_onnx(path)
    try:
        mesh = mediapipe_file('iris_landmark.tflite')
    except ImportError as e:
        pytest.skip(str(e))
    with pytest.raises(ValueError, match=r'iris_landmark.*unknown codes: \[54\]'):
        tflite_to_onnx(mesh)
