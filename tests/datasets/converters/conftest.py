"""What the converters' tests share: runs in this process, and made-up faces."""

import json

import cv2
import numpy as np
import pytest
from scipy.io import savemat

from mmfsa.datasets.converters import load_converter
from mmfsa.datasets.converters.engine import main

POINTS = np.array([[60.0, 90.0, 75.0], [50.0, 55.0, 100.0]])
RADIANS = np.array([[-0.1, 0.5, 0.2, 1, 2, 3, 1e-3]])


@pytest.fixture
def converter():
    """Runs a converter; returns its index and its report.

    Of the report's groups the names are left, {reason: names}.
    """

    def run(name, src, out, *options):
        main(
            load_converter(name),
            [str(src), '--out', str(out), '--workers', '1', *options],
        )
        index, report = (
            json.loads((out / file).read_text())
            for file in ('index.json', 'report.json')
        )
        for key in ('dropped', 'kept_with_a_note'):
            for reason, group in report[key].items():
                assert group['count'] == len(group['items'])
                report[key][reason] = sorted(group['items'])
        return index, report

    return run


@pytest.fixture
def write_face():
    """Writes an image with a .mat, as 300W-LP and AFLW2000 have them."""

    def write(folder, name, points=POINTS, pose=RADIANS, suffix='.jpg', **more):
        folder.mkdir(parents=True, exist_ok=True)
        img = np.random.RandomState(0).randint(0, 256, (120, 150, 3), np.uint8)
        cv2.imwrite(str(folder / f'{name}{suffix}'), img)
        savemat(folder / f'{name}.mat', {'pt2d': points, 'Pose_Para': pose, **more})

    return write


@pytest.fixture
def source(write_faces, tmp_path):
    """An index of three faces, of which one image is damaged."""
    folder = tmp_path / 'faces'
    (folder / 'pictures').mkdir(parents=True)
    images = np.random.RandomState(0).randint(0, 256, (3, 96, 96, 3), np.uint8)
    same = dict(pitch=-5.0, roll=4.0, face_box=[14, 14, 81, 81])
    faces = [
        (image, dict(same, yaw=yaw, weight=0.5, fit_rms=0.1))
        for image, yaw in zip(images, (10.0, -80.0, 0.0), strict=True)
    ]
    write_faces(folder, faces, box_source='labels', img_root='pictures')
    (folder / 'pictures/2.png').write_bytes(b'')
    return folder
