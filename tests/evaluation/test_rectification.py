"""The tables of rectification, on a few small pictures."""

import numpy as np
import pytest

from mmfsa.evaluation import rectification
from mmfsa.evaluation.rectification import table_of_angles, table_of_positions


def test_errors_are_sorted_by_the_angle_off_the_axis():
    angles = np.array([1.0, 5, 35, 50])
    errors = dict(none=[1.0, 3, 30, 50], before=[1.0, 1, 2, 4])
    lines = table_of_angles(errors, angles).splitlines()
    cells = [[cell.strip() for cell in line.split('|')[1:-1]] for line in lines[2:]]
    assert cells == [
        ['0 to 10°', '2', '2.00', '1.00'],
        ['30 to 40°', '1', '30.00', '2.00'],
        ['40 to 90°', '1', '50.00', '4.00'],
        ['0 to 90°', '4', '21.00', '2.00'],
    ]


def test_positions_have_medians():
    table = table_of_positions({'box': [(0.01, 5.0), (0.02, 6.0), (0.5, 100.0)]})
    assert '2.0%' in table and '6 mm' in table


@pytest.mark.usefixtures('head_packages')
def test_the_tool(run_tool, monkeypatch):
    monkeypatch.setattr(rectification, 'SIZE', (160, 120))
    printed = run_tool(
        'analysis_tools/compare_rectification.py',
        *('fsa_caps_1x1.synthetic', '--number', 3, '--fov', 80),
    )
    assert '| 0 to 90°' in printed and '| 68 landmarks' in printed
