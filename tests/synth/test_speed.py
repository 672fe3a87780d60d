"""The speed of rendering."""

import re

import pytest


def test_the_tool(run_tool):
    pytest.importorskip('numba', reason='rendered heads need numba (mmfsa[synth])')
    printed = run_tool('analysis_tools/benchmark_synth.py', '--num', 4, '--workers', 1)
    speed, cost = re.fullmatch(
        r'(.*) heads per second with 1 workers; (.*) ms of processor time each\n',
        printed,
    ).groups()
    assert float(speed) > 0 and float(cost) > 0
