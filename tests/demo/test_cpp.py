"""The example in C++ is built, and finds Python's poses; needs CMake and OpenVINO."""

import re
import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmfsa import HeadPosePredictor
from mmfsa.deploy import build_backend
from mmfsa.inputs.crop import cut
from mmfsa.zoo import WEIGHTS

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / 'demo/cpp'
DEGREES = 0.01


def run(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True)


@pytest.fixture(scope='module')
def program(tmp_path_factory):
    """The program, built with the OpenVINO that pip has installed."""
    utils = pytest.importorskip('openvino.utils', reason='openvino is not installed')
    for tool in ('cmake', 'c++'):
        if shutil.which(tool) is None:
            pytest.skip(f'{tool} is not installed')
    folder = tmp_path_factory.mktemp('build')
    found = f'-DOpenVINO_DIR={utils.get_cmake_path()}'
    done = run('cmake', '-S', SOURCE, '-B', folder, found)
    assert done.returncode == 0, done.stderr
    done = run('cmake', '--build', folder)
    assert done.returncode == 0, done.stderr + done.stdout
    return folder / 'head_pose'


@pytest.fixture(scope='module')
def picture(tmp_path_factory):
    path = tmp_path_factory.mktemp('picture') / 'people.ppm'
    cv2.imwrite(str(path), cv2.imread(str(ROOT / 'docs/images/people.jpg')))
    return path


def angles(done):
    assert done.returncode == 0, done.stderr
    return [float(number) for number in re.findall(r'-?\d+\.\d+', done.stdout)]


def test_the_poses_are_pythons(program, picture):
    network = WEIGHTS / 'small_aflw_teachers.onnx'
    predictor = HeadPosePredictor(weights=network, detector='mtcnn')
    image = cv2.imread(str(picture))
    poses = predictor(image)
    assert len(poses) == 6
    for left, top, right, bottom in poses.extras['crop_box'][::3]:
        inside = [left, top, right - 1, bottom - 1]
        one_look = predictor(image, boxes=[inside], box_kind='crop')
        found = angles(run(program, network, picture, *one_look.extras['crop_box'][0]))
        assert found == pytest.approx(one_look.euler[0], abs=DEGREES)


@pytest.mark.parametrize('box', [(), (-30, 250, 90, 380)])
@pytest.mark.parametrize('name', ['nano_aflw_teachers', 'fsa_caps_1x1_synthetic'])
def test_a_crop_beyond_the_picture(program, picture, name, box):
    """The whole picture, and a box that its edge is repeated for."""
    network = WEIGHTS / f'{name}.onnx'
    image = cv2.imread(str(picture))
    height, width = image.shape[:2]
    backend = build_backend('onnxruntime', network)
    spec = backend.card.inputs.changed(crop=dict(border='replicate'))
    crop, _ = cut(image, spec, box or (0, 0, width, height))
    images = np.ascontiguousarray(crop.transpose(2, 0, 1)[None], np.float32)
    expected = backend({'images': images})['pose'][0]
    found = angles(run(program, network, picture, *box))
    assert found == pytest.approx(expected.tolist(), abs=DEGREES)


def test_errors_are_one_line(program, picture, tmp_path):
    network = WEIGHTS / 'nano_aflw_teachers.onnx'
    (tmp_path / 'cut.ppm').write_bytes(picture.read_bytes()[:1000])
    for arguments, reason in (
        ((network, tmp_path / 'cut.ppm'), 'or is cut'),
        ((network, tmp_path / 'none.ppm'), 'is no PPM file'),
        ((network, picture, 5, 5, 5, 9), 'the box is empty'),
        ((network,), 'give MODEL.onnx PICTURE.ppm [BOX]'),
    ):
        done = run(program, *arguments)
        assert done.returncode == 1 and done.stderr.count('\n') == 1
        assert done.stderr.startswith('error: ') and reason in done.stderr


def test_the_example_is_short():
    lines = (SOURCE / 'head_pose.cpp').read_text().splitlines()
    code = [line for line in lines if line.strip() and not line.startswith('//')]
    assert len(code) <= 70
