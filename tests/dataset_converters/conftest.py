import json
import sys
from pathlib import Path

import pytest

CONVERTERS = Path(__file__).resolve().parents[2] / 'tools' / 'dataset_converters'


@pytest.fixture
def converter(load_tool, monkeypatch):
    """Runs a converter in this process; returns its index and its report."""
    monkeypatch.syspath_prepend(str(CONVERTERS))

    def run(name, src, out, *options):
        module = load_tool(f'dataset_converters/{name}.py')
        # What the workers unpickle must be importable by its module's name.
        monkeypatch.setitem(sys.modules, name, module)
        argv = [name, str(src), '--out', str(out), '--workers', '1', *options]
        monkeypatch.setattr(sys, 'argv', argv)
        module.run(module.main)
        return [
            json.loads((out / file).read_text())
            for file in ('index.json', 'report.json')
        ]

    return run


def counts(report, key='dropped'):
    """{reason: names} of a report."""
    return {reason: sorted(group['items']) for reason, group in report[key].items()}
