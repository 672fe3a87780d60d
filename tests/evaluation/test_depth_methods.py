"""The table of depth methods' errors on rendered people."""

import numpy as np
import pytest

from mmfsa.evaluation.depth_methods import row


def test_heads_without_a_pose_count_as_such():
    errors = np.array([[2.0, 10], [4, 12], [30, 14], [np.nan, np.nan]])
    cells = row('one', errors)
    assert cells == ['one', '4', '75.0%', '4.00°', '12.00°', '33.3%', '12 mm']
    assert row('none', errors[3:]) == ['none', '1', '0 %', '', '', '', '']


@pytest.mark.usefixtures('head_packages')
def test_the_tool(run_tool):
    tool = 'analysis_tools/score_depth.py'
    printed = run_tool(tool, 'depth_registration', '--number', 2, '--seed', 3)
    cells = [cell.strip() for cell in printed.splitlines()[-1].split('|')]
    assert cells[1:3] == ['depth_registration', '2'] and cells[3] != '0 %'
    assert 0 < float(cells[4].rstrip('°')) < 180
    reported = run_tool(tool, 'depth_registration', '--weights', 'a', 'b', fails=True)
    assert 'as many weights as models' in reported
