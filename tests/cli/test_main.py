"""The command as a whole: help, usage, exit status, and what it imports."""

import subprocess
import sys

import pytest

from mmfsa.cli import VERBS, load_verb, main, run_script
from mmfsa.version import __version__


def test_help_has_examples_and_all_verbs(capsys):
    with pytest.raises(SystemExit) as error:
        main(['--help'])
    assert error.value.code == 0
    help_text = capsys.readouterr().out
    assert 'mmfsa predict photo.jpg --out results' in help_text
    assert 'exit status' in help_text
    for verb, purpose in VERBS.items():
        assert verb in help_text and purpose in help_text


def test_version(capsys):
    with pytest.raises(SystemExit):
        main(['--version'])
    assert capsys.readouterr().out == f'mmfsa {__version__}\n'


@pytest.mark.parametrize('verb', VERBS)
def test_every_verb_has_help(verb, capsys):
    with pytest.raises(SystemExit) as error:
        main([verb, '--help'])
    assert error.value.code == 0
    assert load_verb(verb).__doc__.partition('\n')[0] in capsys.readouterr().out


@pytest.mark.parametrize('args', [[], ['predict'], ['predict', 'a', '--x']])
def test_wrong_usage(args):
    with pytest.raises(SystemExit) as error:
        main(args)
    assert error.value.code == 2


def test_an_unknown_verb_suggests_the_nearest(capsys):
    assert main(['predcit', 'photo.jpg']) == 2
    assert capsys.readouterr().err == (
        "mmfsa: there is no command 'predcit': did you mean predict?\n"
    )
    assert main(['zzz']) == 2
    assert 'there are predict, webcam' in capsys.readouterr().err


@pytest.mark.parametrize(
    ('raised', 'status'),
    [
        (ValueError('bad setting'), 2),
        (ImportError('no such package'), 2),
        (FileNotFoundError('there is no config'), 2),
        (FileNotFoundError(2, 'No such file', 'a.jpg'), 1),
        (KeyboardInterrupt('interrupted'), 130),
    ],
)
def test_exit_status(monkeypatch, capsys, raised, status):
    def run(_):
        raise raised

    monkeypatch.setattr(load_verb('doctor'), 'run', run)
    assert main(['doctor']) == status
    assert capsys.readouterr().err == f'mmfsa: {raised}\n'


@pytest.mark.parametrize(('kind', 'status'), [(ValueError, 2), (OSError, 1)])
def test_a_script_says_error_and_ends_as_the_command(monkeypatch, capsys, kind, status):
    def run(_):
        raise kind('bad setting')

    monkeypatch.setattr(load_verb('doctor'), 'run', run)
    monkeypatch.setattr(sys, 'argv', ['script.py'])
    with pytest.raises(SystemExit) as error:
        run_script('doctor', 'A script.')
    assert error.value.code == status
    assert capsys.readouterr().err == 'error: bad setting\n'


def test_a_traceback_is_shown_where_it_is_asked_for(monkeypatch, capsys):
    def run(_):
        raise ValueError('bad setting')

    monkeypatch.setattr(load_verb('doctor'), 'run', run)
    monkeypatch.setenv('MMFSA_TRACEBACK', '1')
    assert main(['doctor']) == 2
    assert 'Traceback' in capsys.readouterr().err


def test_help_starts_without_torch():
    """In a process of its own: here all is imported."""
    code = (
        'import sys; from mmfsa.cli import overview; overview().format_help(); '
        'print(*sorted(sys.modules))'
    )
    before = 'import sys; import mmfsa; print(*sorted(sys.modules))'
    with_help, without = (
        {*subprocess.check_output([sys.executable, '-c', c], text=True).split()}
        for c in (code, before)
    )
    new = {name.partition('.')[0] for name in with_help - without}
    assert not new & {'torch', 'cv2', 'mmcv', 'onnx', 'onnxruntime', 'scipy', 'rich'}
    assert 'mmfsa.cli.predict' not in with_help


@pytest.mark.parametrize('verb', ['export', 'logs', 'models', 'predict', 'stability'])
def test_the_help_of_a_verb_starts_without_torch(verb):
    code = (
        f'import sys; from mmfsa.cli import build_parser; build_parser({verb!r}); '
        'print(*sys.modules)'
    )
    modules = subprocess.check_output([sys.executable, '-c', code], text=True).split()
    assert f'mmfsa.cli.{verb}' in modules
    assert 'torch' not in modules


def test_models_are_listed_without_torch():
    """Also in a terminal, with what is measured of them."""
    code = (
        'import sys; sys.stdout.isatty = lambda: True; from mmfsa.cli import main; '
        "main(['models', '--all']); print(*sys.modules)"
    )
    printed = subprocess.check_output([sys.executable, '-c', code], text=True)
    assert 'MAE [°]' in printed
    assert 'torch' not in printed.splitlines()[-1].split()
