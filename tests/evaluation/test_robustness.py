"""Changed faces: one thing changes at a time, and every network gets its own crop."""

import json
import re

import cv2
import numpy as np
import pytest

from mmfsa.engine import save_checkpoint
from mmfsa.evaluation.robustness import Shrink, draw, mean_error, measure
from mmfsa.inputs import InputSpec
from mmfsa.registry import MODELS
from mmfsa.utils.depth import write_depth
from mmfsa.utils.files import write_json
from mmfsa.zoo import get_config


class Brightness:
    """A network whose yaw is how much darker than the other images a crop is."""

    spec = InputSpec()

    def estimate(self, crops):
        poses = np.zeros((len(crops), 3))
        poses[:, 0] = 100 - crops.mean(axis=(1, 2, 3))
        return poses


@pytest.fixture
def faces(write_faces, tmp_path):
    """Three smooth faces of brightness 100, all with the pose zero."""
    faces = []
    for i in range(3):
        noise = np.random.RandomState(i).randint(60, 141, (8, 8, 3), np.uint8)
        image = cv2.resize(noise, (200, 200), interpolation=cv2.INTER_LINEAR)
        faces.append((image, dict(face_box=[60, 60, 140, 140])))
    return write_faces(tmp_path, faces).parent


def test_one_thing_changes_at_a_time(faces):
    networks = {'a': Brightness(), 'b': Brightness()}
    errors = measure(networks, str(faces))
    mae = {}
    for name, test in errors.items():
        assert test['MAE']['a'] == test['MAE']['b']
        mae[name] = dict(zip(test['levels'], test['MAE']['a'], strict=True))
    unchanged = mae['crop, times the official one'][1]
    for name, level in (
        ('shift, up to, of the face box', 0),
        ('times the brightness', 1),
        ('share of the light that is left', 1),
        ('times the colour; 0: grey', 1),
        ("occluder, of the crop's side", 0),
    ):
        assert mae[name][level] == pytest.approx(unchanged, abs=0.2)
    # A tenth of the brightness is 90 degrees of this network's yaw.
    assert mae['times the brightness'][0.1] == pytest.approx(90 / 3, abs=2)
    # Labels are turned with the faces, by 22.5 degrees of roll on average.
    turned = mae['turn in the image, up to [degrees]'][45]
    assert turned == pytest.approx(unchanged + 22.5 / 3, abs=5)
    assert max(mae['side of the face box [pixels]'].values()) < unchanged + 0.5
    figure = draw(errors)
    assert len([axes for axes in figure.axes if axes.lines]) == len(errors) == 10


def test_a_network_that_sees_depth_gets_it(faces):
    class Relief:
        """A network whose yaw is the share of the relief that is measured."""

        spec = InputSpec(modality='color+depth')

        def estimate(self, crops):
            poses = np.zeros((len(crops), 3))
            poses[:, 0] = 30 * (crops[..., 3] > 0).mean(axis=(1, 2))
            return poses

    index = json.loads((faces / 'index.json').read_text())
    index['metainfo'].update(format_version=2, box_kind='visible')
    for i, entry in enumerate(index['data_list']):
        entry['depth_path'] = f'{i}_depth.png'
        write_depth(np.full((200, 200), 900), faces / entry['depth_path'])
    write_json(index, faces / 'index.json')
    networks = {'both': Relief(), 'colour': Brightness()}
    errors = measure(networks, str(faces), only='light')
    (test,) = errors.values()
    assert set(test['MAE']['both']) == {10.0}  # darkness does not change the relief
    assert test['MAE']['colour'][0] > 25
    shrunk = measure({'both': Relief()}, str(faces), only='side of the face box')
    assert {e for one in shrunk.values() for e in one['MAE']['both']} == {10.0}
    with pytest.raises(ValueError, match="no test is named 'smell': there are crop"):
        measure(networks, str(faces), only='smell')


def test_every_network_gets_crops_of_its_own_size(faces):
    class Size:
        """A network whose yaw is the width of its crops."""

        def __init__(self, side):
            self.spec = InputSpec(side)

        def estimate(self, crops):
            poses = np.zeros((len(crops), 3))
            poses[:, 0] = crops.shape[2]
            return poses

    networks = {side: Size(side) for side in (64, 96)}
    for name, test in measure(networks, str(faces)).items():
        for side, mae in test['MAE'].items():
            turned = 45 / 3 if name.startswith('turn') else 0.01  # of the labels
            np.testing.assert_allclose(mae, side / 3, atol=turned)


def test_shrinking_keeps_the_size_and_loses_detail():
    noise = np.random.RandomState(0).randint(0, 256, (64, 64, 3), np.uint8)
    few, many = (Shrink(n, 2.2)({'img': noise})['img'] for n in (8, 24))
    assert few.shape == many.shape == noise.shape
    assert few.std() < many.std() < noise.std()


def test_the_picture_has_its_numbers_beside_it(run_tool, faces, tmp_path):
    name = 'fsa_none_wo_p1'
    state = MODELS.build(get_config(name).model).state_dict()
    weights = tmp_path / 'network.pth'
    save_checkpoint(dict(state_dict=state, meta=dict(config=f'{name}.py')), weights)
    out = tmp_path / 'out' / 'robustness.png'
    printed = run_tool(
        'analysis_tools/robustness.py', weights, '--data-root', faces, '--out', out
    )
    assert f'wrote {out}' in printed
    assert cv2.imread(str(out)) is not None
    for test in json.loads(out.with_suffix('.json').read_text()).values():
        assert len(test['MAE']['network']) == len(test['levels'])
    reported = run_tool(
        'analysis_tools/robustness.py',
        'none.pth',
        '--data-root',
        faces,
        '--out',
        out,
        fails=True,
    )
    assert re.search('there are no weights', reported)


def test_faces_without_a_pose_are_left_out_unless_they_are_many():
    labels = np.zeros((40, 3))
    poses = labels + 2.0
    poses[0] = np.nan
    assert mean_error(poses, labels) == 2
    poses[:5] = np.nan
    assert np.isnan(mean_error(poses, labels))
