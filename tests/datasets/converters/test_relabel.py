"""Teacher labels: the mean of looks and teachers, its spread, and what counts how much."""

import argparse
import json

import cv2
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from mmfsa.cli import main
from mmfsa.datasets.converters import relabel
from mmfsa.datasets.converters.relabel import Teacher
from mmfsa.datasets.index import read_index
from mmfsa.methods import CropMethod, Method, create_model
from mmfsa.structures import ANGLES, Poses, pose_to_matrix
from mmfsa.utils.files import sha256
from mmfsa.zoo import packaged_weights

ONE, OTHER = 'fsa_caps_1x1.aflw', 'fsa_caps_1x1.synthetic'


class Always(Method):
    """Answers with one pose, and with another in a mirror, where the box lies elsewhere."""

    def __init__(self, pose, in_mirror):
        self.poses = pose, in_mirror

    def predict(self, _, faces):
        mirrored = faces.boxes[0, 0] > 14
        assert faces.boxes[0].tolist() == [[14, 14, 81, 81], [15, 14, 82, 81]][mirrored]
        return Poses.from_euler([self.poses[mirrored]])


@pytest.fixture
def teachers(monkeypatch):
    """Put methods in the place of the zoo's, by the names of teachers."""
    relabel.views_of.cache_clear()

    def put(**methods):
        def create(name, file, device, **options):
            assert options in ({}, dict(backend='onnxruntime', threads=1))
            return methods[name.partition('.')[0]]

        monkeypatch.setattr(relabel, 'create_model', create)

    yield put
    relabel.views_of.cache_clear()


def rotation(entry):
    return Rotation.from_matrix(pose_to_matrix([entry[angle] for angle in ANGLES]))


def test_a_label_is_the_mean_of_looks_and_of_teachers(
    converter, source, tmp_path, capsys
):
    def run(*names, scales=('0.9', '1.1')):
        out = tmp_path / f'{"-".join(names)}'
        options = [word for name in names for word in ('--teacher', name)]
        return converter('relabel', source, out, *options, '--scales', *scales)

    one, report = run(ONE)
    assert report['dropped'] == {'unreadable image': ['000002 2.png']}
    other, _ = run(OTHER)
    both, _ = run(f'{ONE}@3', OTHER)
    faces = zip(*(index['data_list'] for index in (one, other, both)), strict=True)
    for first, second, entry in faces:
        assert first['spread']['teachers'] == 0 < first['spread']['looks']
        parts = [rotation(first), rotation(second)]
        mean = Rotation.concatenate(parts).mean(weights=[3, 1])
        assert (mean.inv() * rotation(entry)).magnitude() < np.radians(0.01)
        away = [np.degrees((mean.inv() * part).magnitude()) for part in parts]
        between = np.average(np.square(away), weights=[3, 1]) ** 0.5
        within = [face['spread']['looks'] for face in (first, second)]
        within = np.average(np.square(within), weights=[3, 1]) ** 0.5
        assert entry['spread']['teachers'] == pytest.approx(between, abs=0.01)
        assert entry['spread']['looks'] == pytest.approx(within, abs=0.01)
        weight = 1 / (1 + (within / 4) ** 2 + (between / 6) ** 2)
        assert entry['weight'] == pytest.approx(weight, abs=1e-3)
        assert entry['first_label'][1:] == [-5, 4]
        assert entry['fit_rms'] == 0.1
    said = both['metainfo']
    assert said['labels'] == f'the mean of {ONE}, {OTHER}'
    weights = packaged_weights()[ONE].verify()
    taught = said['teachers'][0]
    assert taught.pop('training_data').startswith('AFLW, labels')
    assert taught == dict(name=ONE, weight=3, weights_sha256=sha256(weights))
    again = converter(
        'relabel', source, tmp_path / 'b', '--teacher', f'{ONE}={weights}'
    )
    named = converter('relabel', source, tmp_path / 'c', '--teacher', ONE)
    assert again[0]['data_list'] == named[0]['data_list']


def test_looks_in_a_mirror_are_turned_back(converter, source, teachers, tmp_path):
    teachers(opnet_small=Always([20, 5, 3], [-10, 5, -3]))
    out = tmp_path / 'out'
    index, _ = converter('relabel', source, out, '--teacher', 'opnet')
    for entry in index['data_list']:
        assert [entry[angle] for angle in ANGLES] == pytest.approx([15, 5, 3], abs=0.1)
        assert entry['spread'] == dict(looks=pytest.approx(5, abs=0.01), teachers=0)
        assert entry['weight'] == pytest.approx(1 / (1 + (5 / 4) ** 2), abs=1e-3)


def test_a_label_turns_towards_the_first_one(converter, source, teachers, tmp_path):
    """By less where the first label is far off."""
    teachers(opnet_small=Always([20, -5, 4], [-20, -5, -4]))
    words = '--teacher', 'opnet', '--first-label', '0.5'
    options = '--first-label-tolerance', '7', '--backend', 'onnxruntime'
    index, _ = converter('relabel', source, tmp_path / 'out', *words, *options)
    said = index['metainfo']['labels']
    assert said.endswith("turned by up to 0.5 towards the source's labels")
    mean = Rotation.from_matrix(pose_to_matrix([20, -5, 4]))
    for entry in index['data_list']:
        first = Rotation.from_matrix(pose_to_matrix(entry['first_label']))
        whole = np.degrees((mean.inv() * first).magnitude())
        turned = np.degrees((mean.inv() * rotation(entry)).magnitude())
        left = np.degrees((first.inv() * rotation(entry)).magnitude())
        share = 0.5 / (1 + (whole / 7) ** 2)
        assert turned == pytest.approx(share * whole, abs=0.01)
        assert left == pytest.approx((1 - share) * whole, abs=0.01)
    assert whole > 5  # the last face: the rule was seen


def test_a_share_of_the_first_label_is_from_0_to_1(converter, source, tmp_path):
    words = '--teacher', ONE, '--first-label', '1.5'
    with pytest.raises(SystemExit, match='--first-label takes a share from 0 to 1'):
        converter('relabel', source, tmp_path / 'out', *words)


def test_a_backend_gives_the_labels_of_torch(converter, source, tmp_path):
    words = '--teacher', ONE, '--scales', '1'
    own, _ = converter('relabel', source, tmp_path / 'a', *words)
    there = '--backend', 'onnxruntime'
    other, _ = converter('relabel', source, tmp_path / 'b', *words, *there)
    for one, same in zip(own['data_list'], other['data_list'], strict=True):
        assert (rotation(one).inv() * rotation(same)).magnitude() < np.radians(0.01)


def test_who_finds_no_pose_is_left_out(converter, source, teachers, tmp_path):
    blind = Always([np.nan] * 3, [np.nan] * 3)
    sees = Always([100, 5, 3], [-90, 5, -3])
    teachers(opnet_small=blind, shaw_b66=sees, whenet=Always([100, 0, 0], [-100, 0, 0]))
    names = '--teacher', 'opnet', '--teacher', 'shaw_b66'
    index, _ = converter('relabel', source, tmp_path / 'a', *names)
    assert index['data_list'][0]['yaw'] == pytest.approx(95, abs=0.1)
    assert index['data_list'][0]['spread']['teachers'] == 0
    for name, reason in (
        ('opnet', 'no teacher finds a pose'),
        ('whenet', 'angle beyond'),
    ):
        out = tmp_path / name
        with pytest.raises(SystemExit, match='nothing can be used'):
            converter('relabel', source, out, '--teacher', name)
        dropped = json.loads((out / 'report.json').read_text())['dropped']
        assert any(said.startswith(reason) for said in dropped)


def test_a_run_goes_on_with_the_same_weights_only(
    converter, source, teachers, tmp_path, monkeypatch
):
    def stops(*_):
        raise KeyboardInterrupt

    teachers(opnet_small=Always([20, 5, 3], [-20, 5, -3]))
    file, out = tmp_path / 'head.pth', tmp_path / 'out'
    file.write_bytes(b'one')
    options = '--teacher', f'opnet={file}'
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(relabel, 'write_index', stops)
        converter('relabel', source, out, *options)
    journal = out / '.converted.jsonl'
    kept = journal.read_text().replace('"fit_rms": 0.1', '"fit_rms": 0.2')
    journal.write_text(kept)
    index, _ = converter('relabel', source, out, *options)
    assert index['data_list'][0]['fit_rms'] == 0.2  # it was not read again
    journal.write_text(kept)
    file.write_bytes(b'other')
    index, _ = converter('relabel', source, out, *options)
    assert index['data_list'][0]['fit_rms'] == 0.1


def test_the_kind_of_the_boxes(converter, source, teachers, tmp_path):
    teachers(opnet_small=Always([20, 5, 3], [-20, 5, -3]))
    options = '--teacher', 'opnet', '--box-kind', 'landmarks68'
    converter('relabel', source, tmp_path / 'out', *options)
    metainfo, entries = read_index(tmp_path / 'out/index.json')
    assert metainfo['box_kind'] == 'landmarks68'
    assert [*entries[0]['boxes']] == ['landmarks68']


def test_scales_are_those_of_a_teachers_own_crop():
    method = create_model(ONE, device='cpu')
    views = relabel.at_scales(method, (0.9, 1))
    assert [view.spec.crop.scale for view in views] == [0.9, 1]
    assert method.spec.crop.scale == 1
    assert all(isinstance(view, CropMethod) for view in views)
    always = Always([0, 0, 0], [0, 0, 0])
    assert relabel.at_scales(always, (0.9, 1)) == (always,)


@pytest.mark.parametrize(
    'text', ['opnet@', 'opnet@0', 'opnet@much', 'opnet@nan', 'oopnet']
)
def test_no_teacher(text):
    with pytest.raises(argparse.ArgumentTypeError, match=r'above 0|nearest'):
        Teacher.parse(text)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (('--scales', '0'), '--scales must be more than 0'),
        (('--looks-tolerance', '0'), '--looks-tolerance must be more than 0'),
        (('--teacher', 'opnet=gone.pth'), 'there are no weights gone.pth'),
    ],
)
def test_bad_options(source, tmp_path, capsys, options, message):
    out = str(tmp_path / 'out')
    status = main(['relabel', str(source), '--teacher', ONE, '--out', out, *options])
    assert status == 2 and message in capsys.readouterr().err


def test_the_source_keeps_its_labels(source, capsys):
    before = (source / 'index.json').read_bytes()
    out = source.parent / source.name / '..' / source.name
    argv = ['relabel', str(source), '--teacher', ONE, '--out', str(out)]
    assert main(argv) == 2
    assert 'is the source, whose labels would be lost' in capsys.readouterr().err
    assert (source / 'index.json').read_bytes() == before


def test_weights_that_are_none_are_the_reason_that_is_told(source, tmp_path, capsys):
    picture = tmp_path / 'a.png'
    cv2.imwrite(str(picture), np.zeros((9, 9, 3), np.uint8))
    argv = ['relabel', str(source), '--teacher', f'{ONE}={picture}']
    assert main([*argv, '--out', str(tmp_path / 'out'), '--workers=1']) == 2
    assert 'a.png is no checkpoint: it is an image' in capsys.readouterr().err
