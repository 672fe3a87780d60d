"""Label refinement: labels move towards the teacher, in the form they have."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from mmfsa.datasets.converters import refine
from mmfsa.datasets.converters.source_index import LabelledFace
from mmfsa.datasets.index import read_index
from mmfsa.engine import save_checkpoint
from mmfsa.registry import MODELS
from mmfsa.structures import pose_to_matrix
from mmfsa.utils.files import write_json
from mmfsa.zoo import config_dir, get_config

CONFIG = 'fsa_caps_1x1_p1'


@pytest.fixture
def teacher(tmp_path):
    model = MODELS.build(get_config(CONFIG).model)
    path = tmp_path / 'teacher.pth'
    save_checkpoint(dict(state_dict=model.state_dict(), meta={}), path)
    return '--teacher', str(config_dir() / f'{CONFIG}.py'), str(path)


def pose(entry):
    return np.array([entry[angle] for angle in ('yaw', 'pitch', 'roll')])


def test_labels_move_towards_the_teacher(converter, source, teacher, tmp_path):
    options = '--blend', '0.1', '1', '0', '--tolerance', '20', '--profile-weight', '0.1'
    out = tmp_path / 'refined'
    index, report = converter('refine', source, out, *teacher, *options)
    assert report['dropped'] == {'unreadable image': ['000002 2.png']}
    assert index['metainfo']['labels'] == 'refined by teacher.pth'
    assert (out / index['metainfo']['img_root'] / '0.png').is_file()
    front, profile = index['data_list']
    for entry, yaw in ((front, 10), (profile, -80)):
        first, second = np.array([yaw, -5, 4]), np.array(entry['second_opinion'])
        assert entry['first_label'] == first.tolist()
        blended = first + [0 if entry is profile else 0.1, 1, 0] * (second - first)
        assert pose(entry) == pytest.approx(blended, abs=1e-3)
        weight = 1 / (1 + ((second - first) / 20) ** 2)
        if entry is profile:
            weight[1:] *= 0.1
        assert entry['weight'] == pytest.approx(weight, abs=1e-3)
        assert entry['fit_rms'] == 0.1


def test_a_mirrored_face_has_the_mirrored_opinion(converter, source, teacher, tmp_path):
    index, _ = converter('refine', source, tmp_path / 'a', *teacher)
    path = source / 'pictures/0.png'
    cv2.imwrite(str(path), cv2.flip(cv2.imread(str(path)), 1))
    content = json.loads((source / 'index.json').read_text())
    content['data_list'][0]['face_box'] = [15, 14, 82, 81]
    write_json(content, source / 'index.json')
    mirrored, _ = converter('refine', source, tmp_path / 'b', *teacher)
    one, other = (
        np.array(i['data_list'][0]['second_opinion']) for i in (index, mirrored)
    )
    assert other == pytest.approx(one * [-1, 1, -1], abs=0.01)


@pytest.mark.parametrize(
    ('label', 'opinions', 'expected'),
    [
        ((0, 5, 178), [(0, 5, -179), (0, 5, -177)], (0, 5, -180)),
        ((-40, 0, 10), [(-140, -180, -170), (-40, 4, 14)], (-40, 1, 11)),
    ],
)
def test_a_label_and_an_opinion_of_it_that_are_written_otherwise(
    source, monkeypatch, label, opinions, expected
):
    monkeypatch.setattr(refine, 'load_teacher', lambda *_: None)
    looks = np.array(opinions, dtype=np.float32)
    monkeypatch.setattr(refine, 'look', lambda *_: looks)
    entry = json.loads((source / 'index.json').read_text())['data_list'][0]
    entry |= dict(zip(('yaw', 'pitch', 'roll'), label, strict=True))
    args = dict(teachers=[('config', 'checkpoint')], blend=np.full(3, 0.5))
    args |= dict(tolerance=20, profile_weight=1, images=source / 'pictures')
    boxes = {'unnamed': entry['face_box']}
    face = LabelledFace(entry, np.array(label, float), boxes)
    result = refine.refined(face, **args)
    difference = (pose(result) - expected + 180) % 360 - 180
    assert difference == pytest.approx(np.zeros(3), abs=1e-3)
    assert min(result['weight']) > 0.9


def test_rotations_stay_rotations(converter, source, teacher, tmp_path):
    angles, _ = converter('refine', source, tmp_path / 'angles', *teacher)
    content = json.loads((source / 'index.json').read_text())
    content['metainfo'] |= dict(format_version=2, box_kind='visible')
    for entry in content['data_list']:
        entry['rotation'] = pose_to_matrix(pose(entry)).tolist()
        for angle in ('yaw', 'pitch', 'roll'):
            del entry[angle]
        entry['boxes'] = {'landmarks68': [10.5, 10, 80, 90]}
    write_json(content, source / 'index.json')
    converter('refine', source, tmp_path / 'rotations', *teacher)
    metainfo, entries = read_index(tmp_path / 'rotations' / 'index.json')
    assert metainfo['box_kind'] == 'visible'
    for entry, twin in zip(entries, angles['data_list'], strict=True):
        assert entry['rotation'] is not None and 'yaw' not in entry
        assert entry['pose'] == pytest.approx(pose(twin), abs=1e-4)
        assert [*entry['boxes']] == ['visible', 'landmarks68']


def test_views_follow_the_teachers_own_crop():
    spec = MODELS.build(get_config(CONFIG).model).data_preprocessor.inputs
    views = [view.spec for view in refine.views_of(spec)]
    assert [(view.crop.pad[0], view.crop.border) for view in views] == [
        (pad, border) for pad in (0.4, 0.5, 0.6) for border in ('replicate', 'constant')
    ]
    assert all(view.size == spec.size for view in views)
    crop = replace(spec.crop, pad=(0.3,) * 4, square=True)
    views = [v.spec for v in refine.views_of(replace(spec, size=(96, 80), crop=crop))]
    assert {view.size for view in views} == {(96, 80)}
    assert {view.crop.pad[0] for view in views} == {0.1, 0.2, 0.3}
    assert all(view.crop.square for view in views)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (('--blend', '0.5', '2', '0'), '--blend takes shares from 0 to 1'),
        (('--tolerance', '0'), '--tolerance must be more than 0'),
    ],
)
def test_bad_options(converter, source, teacher, tmp_path, options, message):
    with pytest.raises(SystemExit, match=message):
        converter('refine', source, tmp_path / 'out', *teacher, *options)


def test_the_tool_needs_an_index(run_tool, teacher, tmp_path):
    arguments = tmp_path, '--out', tmp_path / 'out', *teacher
    message = run_tool('dataset_converters/refine.py', *arguments, fails=True)
    assert 'convert the data set first' in message
