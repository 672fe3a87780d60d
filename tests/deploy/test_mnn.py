"""MNN runs the exported files after its own converter; needs the package MNN."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmfsa.deploy import build_backend
from mmfsa.zoo import WEIGHTS

DEGREES = 1e-3


@pytest.mark.parametrize('path', sorted(WEIGHTS.glob('*.onnx')), ids=lambda p: p.stem)
def test_the_poses_are_those_of_onnx_runtime(path, tmp_path):
    pytest.importorskip('MNN', reason='MNN is not installed: pip install MNN')
    import MNN.expr as expr
    import MNN.nn as nn

    converted = tmp_path / 'network.mnn'
    converter = Path(sys.executable).with_name('mnnconvert')
    subprocess.run(
        [
            *(converter, '-f', 'ONNX', '--modelFile', path),
            *('--MNNModel', converted, '--bizCode', 'mmfsa'),
        ],
        check=True,
        capture_output=True,
    )
    backend = build_backend('onnxruntime', path)
    side = backend.card.inputs.size[0]
    noise = np.random.default_rng(0).integers(0, 256, (16, 5, 5, 3), np.uint8)
    crops = np.stack([cv2.resize(image, (side, side)) for image in noise])
    images = np.ascontiguousarray(crops.transpose(0, 3, 1, 2), np.float32)
    network = nn.load_module_from_file(str(converted), ['images'], ['pose'])
    for image in images:
        shape = [1, 3, side, side]
        given = expr.const(image[None], shape, expr.NCHW, expr.float)
        (answer,) = network.forward([expr.convert(given, expr.NCHW)])
        found = np.array(answer.read()).reshape(3)
        expected = backend({'images': image[None]})['pose'][0]
        np.testing.assert_allclose(found, expected, atol=DEGREES)
