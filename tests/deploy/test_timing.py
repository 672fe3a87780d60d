"""What is timed, and that each network is timed on the crops that it takes."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from mmfsa import zoo
from mmfsa.deploy import timing
from mmfsa.evaluation.turns import measure
from mmfsa.inputs import InputSpec
from mmfsa.zoo.measured import benchmark


def test_all_take_turns_and_slow_calls_are_slow():
    milliseconds = {'fast': 1.0, 'slow': 9.0}
    calls = []
    runs = {name: lambda name=name: calls.append(name) or name for name in milliseconds}
    rows = measure(runs, 4, 3, timer=lambda run: milliseconds[run()])
    fast, slow = rows
    assert (fast['model'], fast['batch_size'], fast['calls']) == ('fast', 4, 60)
    assert fast['images_per_second'] == pytest.approx(4000)
    assert slow['best'] == slow['p50'] == slow['p99'] == 9
    # After the warm-up each has its turn in every round.
    turns = [name for i, name in enumerate(calls) if i == 0 or calls[i - 1] != name]
    assert turns == ['fast', 'slow'] * 4
    table = timing.timing_table(rows)
    assert '| slow' in table and '| 9.000' in table


def test_networks_are_timed_without_gradients():
    modes = []
    runs = {'network': lambda: modes.append(torch.is_inference_mode_enabled())}
    measure(runs, 1, 1, timer=lambda run: run() or 20.0)
    assert modes and all(modes)


def test_a_file_is_timed_on_the_crops_that_it_takes(monkeypatch):
    class Backend:
        layout, dtype, planes = 'NHWC', 'uint8', 3

        def __init__(self, size):
            inputs = InputSpec(size=size)
            self.card = SimpleNamespace(width=size, height=size, inputs=inputs)

        def __call__(self, inputs):
            return inputs['images'].shape

    monkeypatch.setattr(timing, 'build_backend', lambda _, size, **__: Backend(size))
    runs = timing.onnx_runs({'small': 64, 'large': 224}, batch_size=2)
    assert runs['small']() == (2, 64, 64, 3)
    assert runs['large']() == (2, 224, 224, 3)


def test_every_network_is_timed_once(run_tool, tmp_path):
    pytest.importorskip('onnxscript', reason='the deploy extra is not installed')
    names = ['fsa_none_wo_p1', 'fsa_none_wo_p2', 'ssrnet_md_p1']
    out = tmp_path / 'benchmark.json'
    options = ['--out', out, '--rounds', 1, '--models', *names]
    run_tool('deployment/benchmark_zoo.py', *options)
    networks = json.loads(out.read_text())['networks']
    assert {*networks} == {'fsa_none_wo', 'ssrnet_md'}
    for measured in networks.values():
        assert measured['input'] == '64x64 BGR'
        assert 0 < measured['milliseconds'] < measured['milliseconds_of_64'] < 10_000
    # Sizes are on record as they are now.
    recorded = benchmark()['networks']
    for key in ('parameters', 'multiply_adds'):
        assert all(recorded[name][key] == networks[name][key] for name in networks)


def test_what_is_on_record_is_of_the_whole_zoo():
    networks = map(zoo.network_of, zoo.experiments_with_a_network())
    assert {*benchmark()['networks']} == {*networks}


def test_the_plot_has_a_panel_for_each_batch_size(tmp_path):
    runs = {name: lambda: np.zeros(1) for name in ('a', 'b')}
    rows = [row for n in (1, 64) for row in measure(runs, n, 1, lambda _: 5.0)]
    timing.plot_timing(rows, tmp_path / 'plot.png')
    assert (tmp_path / 'plot.png').stat().st_size > 5e3
