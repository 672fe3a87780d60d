"""`mmfsa doctor` reports what is there, what works, and what to do about the rest."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest

from mmfsa import parts
from mmfsa import self_test as checks
from mmfsa.cli import main


@pytest.fixture
def diagnose(capsys, monkeypatch):
    """Runs the command; returns its status and what it prints, in lines of any width."""
    monkeypatch.setenv('COLUMNS', '300')

    def run(*arguments):
        status = main(['doctor', *arguments])
        return status, capsys.readouterr().out

    return run


def row(printed, first):
    """The cells of a table's row."""
    lines = [line for line in printed.splitlines() if line.startswith(f'│ {first} ')]
    assert len(lines) == 1, printed
    return [cell.strip() for cell in lines[0].strip('│').split('│')]


def test_everything_works_here(diagnose):
    status, printed = diagnose()
    assert status == 0
    assert printed.endswith('no problems\n')
    assert printed.startswith('mmfsa ')
    assert row(printed, 'torch-compile')[1] == '-'
    self_test = printed.partition('self-test')[2]
    for backend in ('torch', 'onnxruntime'):
        _, agrees, detail = row(self_test, backend)
        assert agrees == 'yes' and detail.startswith('yaw ')


def test_a_missing_part_comes_with_its_command(diagnose, monkeypatch):
    part = parts.Part('flying', ('no-such-wings',), 'pip install wings', 'wings')
    monkeypatch.setattr(parts, 'OPTIONAL', (*parts.OPTIONAL, part))
    status, printed = diagnose()
    assert status == 0
    assert row(printed, 'no-such-wings') == [
        'no-such-wings',
        'flying',
        'no',
        'pip install wings',
    ]


def test_a_broken_backend_is_a_problem_of_its_own(diagnose, monkeypatch, tmp_path):
    (tmp_path / 'openvino.py').write_text('raise OSError("libtbb.so is missing")')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, 'openvino', raising=False)
    status, printed = diagnose()
    assert status == 1
    install = "pip install 'mmfsa[openvino]'"
    assert f'OSError: libtbb.so is missing: {install}' in printed
    problem = f'problem: openvino is broken: {install}'
    assert f'{problem}\nthere are problems\n' in printed
    self_test = printed.partition('self-test')[2]
    assert row(self_test, 'openvino') == ['openvino', '-', f'broken: {install}']
    assert row(self_test, 'onnxruntime')[1] == 'yes'


@pytest.mark.parametrize('name', ['torch', 'cv2', 'mmengine', 'numpy'])
def test_is_reported_even_where_a_required_package_does_not_import(
    name, mmfsa_command, tmp_path
):
    """As of OpenCV without libGL."""
    (tmp_path / f'{name}.py').write_text('raise ImportError("libGL.so.1 is missing")')
    result = subprocess.run(
        [*mmfsa_command, 'doctor'],
        env=dict(os.environ, PYTHONPATH=str(tmp_path), COLUMNS='300'),
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1, result.stderr
    assert re.search(r'│ BROKEN │ ImportError: libGL', result.stdout)
    assert 'is broken: pip install' in result.stdout


def test_a_missing_requirement_is_a_problem(diagnose, monkeypatch):
    part = parts.Part('thinking', ('brain',), 'pip install brain', 'no_brain')
    monkeypatch.setattr(parts, 'REQUIRED', (part,))
    status, printed = diagnose()
    assert status == 1
    assert 'problem: brain is missing: pip install brain' in printed
    assert 'self-test' not in printed


def test_a_backend_that_computes_something_else(diagnose, monkeypatch):
    class Off:
        def estimate(self, crops):
            return np.full((len(crops), 3), 10.0)

    build = checks.build_backend
    monkeypatch.setattr(
        checks,
        'build_backend',
        lambda name, model: Off() if name == 'onnxruntime' else build(name, model),
    )
    status, printed = diagnose()
    assert status == 1
    assert row(printed.partition('self-test')[2], 'onnxruntime')[1] == 'NO'
    assert 'problem: backend onnxruntime: yaw 10.00' in printed


def test_a_backend_that_fails(diagnose, monkeypatch):
    def fail(name, model):
        raise RuntimeError(f'no [{name}] today')

    monkeypatch.setattr(checks, 'build_backend', fail)
    status, printed = diagnose()
    assert status == 1
    assert 'problem: backend torch: RuntimeError: no [torch] today' in printed


def test_an_export_that_fails(diagnose, monkeypatch):
    def fail(*_):
        raise ValueError('it computes something else')

    monkeypatch.setattr(checks, 'export_onnx', fail)
    status, printed = diagnose()
    assert status == 1
    self_test = printed.partition('self-test')[2]
    assert row(self_test, 'torch')[1] == 'yes'
    detail = 'ValueError: it computes something else'
    assert row(self_test, 'onnxruntime') == ['onnxruntime', 'NO', detail]


def test_without_the_packages_of_the_export(diagnose, monkeypatch):
    find_spec = parts.find_spec
    monkeypatch.setattr(
        parts, 'find_spec', lambda name: None if name == 'onnx' else find_spec(name)
    )
    status, printed = diagnose()
    assert status == 0
    self_test = printed.partition('self-test')[2]
    detail = "the export needs onnx: pip install 'mmfsa[deploy]'"
    assert row(self_test, 'onnxruntime') == ['onnxruntime', '-', detail]


def test_without_a_renderer(monkeypatch):
    monkeypatch.setattr(parts, 'installed_version', lambda _: None)
    image, source = checks.face(64, 64)
    assert source == 'a colour ramp'
    assert image.shape == (1, 64, 64, 3) and image.dtype == np.uint8
    assert image.max() == 252 and len(np.unique(image)) > 100
    assert checks.face(224, 96)[0].shape == (1, 96, 224, 3)


def test_the_face_has_the_size_that_the_model_takes(diagnose, monkeypatch):
    model = checks.network()[0]
    model.set_inputs(model.inputs.changed(size=(96, 64)))
    monkeypatch.setattr(checks, 'network', lambda: (model, 'wide weights'))
    seen = []

    def check(_, image, compiled):
        seen.append(image.shape)
        return [checks.Check('torch', True, f'compiled: {compiled}')]

    monkeypatch.setattr(checks, 'check_backends', check)
    status, printed = diagnose()
    assert status == 0, printed
    assert seen == [(1, 64, 96, 3)]
