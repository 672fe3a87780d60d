"""The page turns lying faces as Python does."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from mmfsa.methods.upright import quarter_turns
from mmfsa.structures import Faces

PAGE = Path(__file__).parents[2] / 'demo' / 'web'
FACE = np.array([[-20, -20], [20, -20], [0, 5], [-15, 25], [15, 25]], dtype=float)
PROGRAM = """
import { quarterTurn } from './upright.js';
const faces = JSON.parse(process.argv[1]);
console.log(JSON.stringify(faces.map((face) => quarterTurn(face))));
"""


@pytest.mark.skipif(shutil.which('node') is None, reason='Node.js is not installed')
def test_quarter_turns_are_those_of_python():
    angles = np.radians(np.arange(-179.5, 180))
    cos, sin = np.cos(angles), np.sin(angles)
    turns = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
    landmarks = (FACE @ turns.transpose(0, 2, 1) + 100).astype(np.float32)
    boxes = np.tile(np.float32([60, 60, 140, 140]), (len(angles), 1))
    expected = quarter_turns(Faces(boxes, 'landmarks68', landmarks=landmarks))
    command = ['node', '--input-type=module', '-e', PROGRAM]
    answer = subprocess.run(
        [*command, json.dumps(landmarks.tolist())],
        cwd=PAGE,
        capture_output=True,
        text=True,
        check=True,
    )
    np.testing.assert_array_equal(json.loads(answer.stdout), expected)
    assert set(expected) == {0, 90, 180, 270}
