"""The speed of a bare loop, a loader and a runner."""

import json
import re

import pytest

from mmfsa.zoo import config_dir

CONFIG = config_dir() / 'fsa_caps_1x1_p1.py'


@pytest.mark.parametrize('where', [[], ['--augment-on-device']])
def test_loop_loader_and_runner_side_by_side(where, run_tool, tmp_path):
    out = tmp_path / 'speed.json'
    text = run_tool(
        'analysis_tools/benchmark_training.py',
        *(CONFIG, '--batch-sizes', 4, '--images', 8),
        *('--random-images', 16, '--rounds', 1, '--workers', 0, '--threads', 1),
        *('--schedule', 90, 97932, '--out', out, *where),
    )
    assert '90 epochs' in text
    saved = json.loads(out.read_text())
    assert saved['augment_on_device'] == bool(where)
    (row,) = saved['rows']
    assert row['batch_size'] == 4 and row['loader'] > 0
    assert row['ratio'] == pytest.approx(row['runner'] / row['bare'])


def test_too_few_images_for_a_batch(run_tool):
    reported = run_tool(
        'analysis_tools/benchmark_training.py',
        *(CONFIG, '--batch-sizes', 4, '--images', 8),
        *('--random-images', 2, '--rounds', 1, '--workers', 0, '--threads', 1),
        fails=True,
    )
    assert re.search('smaller than a batch: --random-images', reported)
