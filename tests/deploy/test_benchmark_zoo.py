import json
import sys
from pathlib import Path

import pytest

from mmfsa import zoo

TOOLS = Path(__file__).resolve().parents[2] / 'tools' / 'deployment'


def test_every_network_is_timed_once(load_tool, monkeypatch, tmp_path):
    pytest.importorskip('onnxscript', reason='the deploy extra is not installed')
    monkeypatch.syspath_prepend(str(TOOLS))
    names = ['fsa_none_wo_p1', 'fsa_none_wo_p2', 'ssrnet_md_p1']
    arguments = ['--out', tmp_path / 'latency.json', '--rounds', 1, '--models', *names]
    monkeypatch.setattr(sys, 'argv', ['benchmark_zoo.py', *map(str, arguments)])
    load_tool('deployment/benchmark_zoo.py').main()
    milliseconds = json.loads((tmp_path / 'latency.json').read_text())['milliseconds']
    assert {*milliseconds} == {'fsa_none_wo', 'ssrnet_md'}
    assert all(0 < value < 1000 for value in milliseconds.values())


def test_what_is_on_record_is_of_the_whole_zoo():
    recorded = json.loads((zoo.config_dir() / 'latency.json').read_text())
    assert {*recorded['milliseconds']} == {*map(zoo.network_of, zoo.models())}
    assert zoo.network_of('fsa_caps_1x1') == 'fsa_caps_1x1'
    assert zoo.network_of('fsa_caps_1x1_6d_synth') == 'fsa_caps_1x1_6d'
