import json
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.io import savemat

CONVERTERS = Path(__file__).resolve().parents[2] / 'tools' / 'dataset_converters'
POINTS = np.array([[60.0, 90.0, 75.0], [50.0, 55.0, 100.0]])
RADIANS = np.array([[-0.1, 0.5, 0.2, 1, 2, 3, 1e-3]])


@pytest.fixture
def converter(load_tool, monkeypatch):
    """Runs a converter in this process; returns its index and its report.

    Of the report's groups the names are left, {reason: names}.
    """
    monkeypatch.syspath_prepend(str(CONVERTERS))

    def run(name, src, out, *options):
        module = load_tool(f'dataset_converters/{name}.py')
        # What the workers unpickle must be importable by its module's name.
        monkeypatch.setitem(sys.modules, name, module)
        argv = [name, str(src), '--out', str(out), '--workers', '1', *options]
        monkeypatch.setattr(sys, 'argv', argv)
        module.run(module.main)
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

    def write(folder, name, points=POINTS, pose=RADIANS, suffix='.jpg'):
        folder.mkdir(parents=True, exist_ok=True)
        img = np.random.RandomState(0).randint(0, 256, (120, 150, 3), np.uint8)
        cv2.imwrite(str(folder / f'{name}{suffix}'), img)
        savemat(folder / f'{name}.mat', {'pt2d': points, 'Pose_Para': pose})

    return write
