"""`mmfsa completion` names the verbs and their flags."""

import sys

import pytest

from mmfsa.cli import VERBS, main


@pytest.mark.parametrize('shell', ['bash', 'zsh', 'tcsh'])
def test_the_script_names_verbs_and_flags(shell, capsys):
    pytest.importorskip('shtab', reason='the completion extra is not installed')
    assert main(['completion', shell]) == 0
    script = capsys.readouterr().out
    for word in (*VERBS, 'aflw2000', 'smooth', 'test-set', 'flip-test', 'timing-cache'):
        assert word in script, word


def test_files_are_completed(capsys):
    pytest.importorskip('shtab', reason='the completion extra is not installed')
    main(['completion', 'bash'])
    lines = capsys.readouterr().out.splitlines()
    files = [
        line.partition('=')[0] for line in lines if '=_shtab_compgen_files' in line
    ]
    assert '_shtab_mmfsa_test_pos_1_COMPGEN' in files
    assert '_shtab_mmfsa_predict___weights_COMPGEN' in files
    assert not [name for name in files if 'batch_size' in name]


def test_without_shtab(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, 'shtab', None)
    assert main(['completion', 'bash']) == 2
    assert "pip install 'mmfsa[completion]'" in capsys.readouterr().err
