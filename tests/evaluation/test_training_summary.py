"""One picture of a training run."""

import json
import re

import cv2
import pytest


@pytest.fixture
def work_dir(tmp_path):
    """The log of two epochs."""
    path = tmp_path / 'run/20260101_000000/vis_data/scalars.json'
    path.parent.mkdir(parents=True)
    names = 'yaw', 'pitch', 'roll', 'MAE'
    path.write_text(
        ''.join(
            json.dumps({f'head_pose/{n}': 9 - epoch for n in names} | dict(step=epoch))
            + '\n'
            for epoch in (1, 2)
        )
    )
    return tmp_path / 'run'


def test_one_picture_of_a_run(run_tool, work_dir, write_results, tmp_path):
    out = tmp_path / 'summary.png'
    printed = run_tool(
        'analysis_tools/summarize_training.py',
        work_dir,
        write_results('r.json'),
        '--out',
        out,
    )
    assert cv2.imread(str(out)).std() > 10
    row = next(line for line in printed.splitlines() if 'AFLW2000' in line)
    numbers = [cell.strip() for cell in row.strip('|').split('|')][1:]
    assert numbers == ['3.50', '0.00', '0.00', '1.17', '3.50']


def test_results_without_predictions(run_tool, work_dir, write_results, tmp_path):
    reported = run_tool(
        'analysis_tools/summarize_training.py',
        work_dir,
        write_results('r.json', faces=0),
        '--out',
        tmp_path / 'summary.png',
        fails=True,
    )
    assert re.search('--test-set NAME --predictions', reported)
