"""Which faces OpenCV's solvePnP puts behind the camera."""

import json

import numpy as np
import pytest

from mmfsa.evaluation.pnp_starts import compare_pnp_starts
from mmfsa.landmarks import HeadPoints
from mmfsa.landmarks.solvers import Fit, default_camera, project
from mmfsa.structures import pose_to_matrix


def test_the_tool(write_index, run_tool, tmp_path):
    def change(index):
        index['metainfo']['format_version'] = 2
        for i, entry in enumerate(index['data_list']):
            entry |= dict(yaw=20 * i - 40, pitch=5, roll=0)
            fit = Fit(pose_to_matrix([20 * i - 40, 5, 0]), np.array([0, 0, 600.0]))
            pixels = project(fit, HeadPoints().xyz, default_camera((150, 120), 1))
            entry['landmarks'] = pixels.round(3).tolist()

    folder = write_index(change, num=4)
    out = tmp_path / 'starts.json'
    tool = 'analysis_tools/compare_pnp_starts.py'
    printed = run_tool(tool, '--data-root', folder, '--out', out)
    starts = json.loads(out.read_text())['starts']
    for name, one in starts.items():
        assert name in printed
        assert one['num'] == 4
    ours = starts["mmfsa's pnp: two safe starts"]
    assert ours['behind'] == 0 and ours['all'] < 0.01  # exact perspective


def test_faces_without_landmarks(write_index):
    with pytest.raises(ValueError, match='has no 68 landmarks'):
        compare_pnp_starts(write_index(num=1))
