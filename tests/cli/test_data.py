"""`mmfsa data NAME` runs a converter, and reports how it ends."""

from concurrent.futures.process import BrokenProcessPool

import pytest

from mmfsa.cli import main
from mmfsa.datasets import converters
from mmfsa.datasets.converters import CONVERTERS, load_converter


def test_every_converter_is_a_command(capsys):
    with pytest.raises(SystemExit) as error:
        main(['data', '--help'])
    assert error.value.code == 0
    listed = capsys.readouterr().out
    for name in CONVERTERS:
        assert f'\n    {name}' in listed


def test_a_data_set_that_is_not_there(tmp_path, capsys):
    source, out = tmp_path / 'nowhere', tmp_path / 'out'
    assert main(['data', 'aflw2000', str(source), '--out', str(out)]) in (1, 2)
    assert str(source) in capsys.readouterr().err


@pytest.mark.parametrize(
    ('raised', 'status', 'message'),
    [
        (None, 0, ''),
        (KeyboardInterrupt(), 130, 'The same command goes on from here'),
        (BrokenProcessPool(), 1, 'try fewer --workers'),
        (ValueError('no faces'), 2, 'mmfsa: no faces'),
    ],
)
def test_how_a_conversion_ends(monkeypatch, capsys, raised, status, message):
    def run(args):
        assert str(args.src) == 'SRC'
        if raised:
            raise raised

    monkeypatch.setattr(load_converter('aflw2000'), 'run', run)
    assert main(['data', 'aflw2000', 'SRC', '--out', 'OUT']) == status
    assert message in capsys.readouterr().err
    assert converters.CONVERTERS
