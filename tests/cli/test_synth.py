"""`mmfsa synth` is the converter of rendered heads, in this process."""

import json

import pytest

from mmfsa.cli import main


def test_its_arguments_are_the_converters(capsys):
    with pytest.raises(SystemExit) as error:
        main(['synth', '--help'])
    assert error.value.code == 0
    assert '--num NUM' in capsys.readouterr().out
    with pytest.raises(SystemExit) as error:
        main(['synth', '--num', '1'])
    assert error.value.code == 2
    assert '--out' in capsys.readouterr().err


def test_heads_are_rendered(tmp_path, capsys):
    pytest.importorskip('numba', reason='the synth extra is not installed')
    options = ['--num', '1', '--workers', '1', '--out', str(tmp_path)]
    assert main(['synth', *options]) == 0
    assert len(json.loads((tmp_path / 'index.json').read_text())['data_list']) == 1
    assert 'anew' not in capsys.readouterr().err
    assert main(['synth', *options]) == 0
    assert f'{tmp_path} has rendered heads: they are rendered anew' in (
        capsys.readouterr().err
    )
    assert main(['synth', *options, '--factors', 'p_wings=1']) == 2
