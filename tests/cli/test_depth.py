"""`mmfsa predict --depth`: a real depth map, and what is none."""

import json

import cv2
import numpy as np
import pytest

from mmfsa.cli import main
from mmfsa.utils.depth import read_depth

KINECT = dict(fx=575.816, fy=575.816, cx=320, cy=240, width=640, height=480)


@pytest.fixture
def predict(shared, tmp_path, capsys):
    """Runs the command on a real depth map; a test may change it."""
    pytest.importorskip('numba', reason='depth methods need numba (mmfsa[synth])')
    real = read_depth(shared / 'data/biwi_depth/frame_00200_depth.bin')
    cv2.imwrite(str(tmp_path / 'frame.png'), np.zeros((480, 640, 3), np.uint8))
    (tmp_path / 'kinect.json').write_text(json.dumps(KINECT))

    def run(*options, depth=real, camera=('--camera', tmp_path / 'kinect.json')):
        cv2.imwrite(str(tmp_path / 'depth.png'), depth)
        trees = shared / 'weights/rivals/fanelli/trees'
        status = main(
            [
                *('predict', str(tmp_path / 'frame.png'), '--detector', 'none'),
                *('--model', 'fanelli_forest', '--weights', str(trees)),
                *map(str, ('--depth', tmp_path / 'depth.png', *camera, *options)),
            ]
        )
        captured = capsys.readouterr()
        return status, captured.out.splitlines(), captured.err

    return run


def test_a_real_map(predict, tmp_path):
    status, (line,), _ = predict('--json', '--out', tmp_path / 'out')
    record = json.loads(line)
    angles = [record[name] for name in ('yaw', 'pitch', 'roll')]
    assert status == 0 and angles == pytest.approx([7.4, 19.0, -2.8], abs=3)
    assert record['position_mm'] == pytest.approx([88.9, -76.9, 909.3], abs=5)
    assert record['extras']['votes'] > 700 and record['relative_to'] == 'camera'
    assert (tmp_path / 'out/frame.png').is_file()


def test_no_head_no_pose(predict):
    for depth in (0, 1000):  # holes, a wall
        depth = np.full((480, 640), depth, np.uint16)
        status, (line,), _ = predict('--json', depth=depth)
        assert status == 0 and 'NaN' not in line
        assert json.loads(line)['valid'] is False


@pytest.mark.parametrize(
    ('depth', 'message'),
    [
        (
            np.ones((480, 640), np.uint16),
            'depth.png: no depth is above 1, so these are',
        ),
        (np.full((240, 320), 900, np.uint16), '320x240 pixels, and the image 640x480'),
        (np.full((480, 640), 90, np.uint8), 'a depth map has 16 bits and one channel'),
    ],
)
def test_what_is_no_depth_map(predict, depth, message):
    status, lines, error = predict(depth=depth)
    assert status != 0 and lines == [] and message in error


def test_what_is_missing(predict, run, photos):
    status, _, error = predict(camera=())
    assert status == 2 and 'needs the intrinsics' in error and '--camera' in error
    status, _, error = predict('--depth', photos / '0.png')
    assert status == 2 and 'there are 2 depth maps for 1 images' in error
    depth = photos.parent / 'depth.png'
    cv2.imwrite(str(depth), np.full((64, 64), 900, np.uint16))
    status, lines, error = run('predict', photos / '0.png', '--depth', depth)
    assert status == 0 and len(lines) == 1
    assert '--depth without effect: ' in error
