"""Models of MMPose as a source of landmarks: their points lie at the right pixels."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine import Config
from torch import nn

from mmfsa.engine import save_checkpoint
from mmfsa.landmarks import HeadPoints
from mmfsa.methods import MMPoseLandmarks, create_model
from mmfsa.methods.finders.mmpose_landmarks import WFLW
from mmfsa.structures import Faces, Frame

CONFIG = """\
default_scope = 'mmpose'
codec = dict(type='MSRAHeatmap', input_size=(64, 64), heatmap_size=(64, 64), sigma=2)
model = dict(
    type='TopdownPoseEstimator',
    data_preprocessor=dict(
        type='PoseDataPreprocessor', mean=[0] * 3, std=[255] * 3, bgr_to_rgb=True
    ),
    backbone=dict(type='Brightness'),
    head=dict(
        type='HeatmapHead',
        in_channels=3,
        out_channels={points},
        deconv_out_channels=None,
        loss=dict(type='KeypointMSELoss'),
        decoder=codec,
    ),
    test_cfg=dict(flip_test=False),
)
test_dataloader = dict(
    dataset=dict(
        type='{dataset}',
        pipeline=[
            dict(type='LoadImage'),
            dict(type='GetBBoxCenterScale'),
            dict(type='TopdownAffine', input_size=codec['input_size']),
            dict(type='PackPoseInputs'),
        ],
    )
)
"""
DOT = 150, 90
BOX = [100.0, 50, 200, 150]


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    """A config and a checkpoint of a network whose heatmaps are the picture itself."""
    pytest.importorskip('mmpose', exc_type=ModuleNotFoundError)
    from mmpose.registry import MODELS

    import mmfsa.utils.mmpose  # noqa: F401

    class Brightness(nn.Module):
        def forward(self, images):
            return (images,)

    MODELS.register_module(module=Brightness, force=True)
    folder = tmp_path_factory.mktemp('mmpose')

    def write(points=68, dataset='Face300WLPDataset'):
        config = folder / f'points_{points}.py'
        config.write_text(CONFIG.format(points=points, dataset=dataset))
        state_dict = {
            'head.final_layer.weight': torch.ones(points, 3, 1, 1),
            'head.final_layer.bias': torch.zeros(points),
        }
        weights = config.with_suffix('.pth')
        save_checkpoint(dict(state_dict=state_dict, meta={}), weights)
        return str(config), weights

    yield write
    MODELS.module_dict.pop('Brightness')


def picture():
    """A dark picture with a soft dot."""
    y, x = np.indices((240, 320))
    distance = np.hypot(x - DOT[0], y - DOT[1])
    image = (255 * np.exp(-((distance / 4) ** 2))).astype(np.uint8)
    return Frame(np.repeat(image[..., None], 3, axis=2))


@pytest.mark.parametrize(
    ('points', 'dataset'), [(68, 'Face300WLPDataset'), (98, 'WFLWDataset')]
)
def test_points_lie_where_the_heatmaps_are_largest(points, dataset, files):
    method = MMPoseLandmarks(*files(points, dataset))
    poses = method.predict(picture(), Faces(np.array([BOX, BOX]), 'landmarks68'))
    found = poses.extras['landmarks']
    assert found.shape == (2, 68, 2)
    # A pixel of the heatmap is 1.25 · 100 / 64 = 2 pixels of the picture.
    np.testing.assert_allclose(found, np.broadcast_to(DOT, found.shape), atol=1.5)
    assert poses.extras['landmark_scores'].min() > 2
    assert not poses.valid.any()


def test_no_face(files):
    faces = Faces(np.empty((0, 4)), 'landmarks68')
    poses = MMPoseLandmarks(*files()).predict(picture(), faces)
    assert poses.extras['landmarks'].shape == (0, 68, 2)


def test_other_numbers_of_points_are_refused(files):
    method = MMPoseLandmarks(*files(19, 'AFLWDataset'))
    with pytest.raises(ValueError, match=r'points_19 finds 19 points.*68 or 98'):
        method.predict(picture(), Faces(np.array([BOX]), 'landmarks68'))


def test_weights_of_another_model_are_refused(files):
    method = MMPoseLandmarks(files(68)[0], files(98, 'WFLWDataset')[1])
    with pytest.raises(ValueError, match=r'points_98\.pth'):
        method.predict(picture(), Faces(np.array([BOX]), 'landmarks68'))


def test_by_its_name_with_weights(files):
    """A dot is no face, and the solver says so."""
    from mmfsa.zoo import get_config

    config, weights = files()
    cfg = get_config('mmpose_pnp')
    cfg.method.network.config = config
    method = create_model(cfg, weights)
    poses = method.predict(picture(), Faces(np.array([BOX]), 'landmarks68'))
    assert len(method.weights_sha256) == 64
    assert not poses.valid.any()
    assert poses.extras['landmarks'].shape == (1, 68, 2)


def test_without_weights():
    pytest.importorskip('mmpose', exc_type=ModuleNotFoundError)
    method = create_model('mmpose_pnp')
    with pytest.raises(ValueError, match=r'300wlp-256x256 has no weights'):
        method.predict(picture(), Faces(np.array([BOX]), 'landmarks68'))


def test_methods_that_take_no_weights_say_so(tmp_path):
    (tmp_path / 'a.pth').touch()
    with pytest.raises(
        ValueError,
        match=r'given_pnp\.py describes a method without.*leave it out',
    ):
        create_model('given_pnp', tmp_path / 'a.pth')


def test_a_config_that_is_not_there(tmp_path):
    pytest.importorskip('mmpose', exc_type=ModuleNotFoundError)
    (tmp_path / 'a.pth').touch()
    method = MMPoseLandmarks('no_such_config', str(tmp_path / 'a.pth'))
    with pytest.raises(ValueError, match='there is no config no_such_config'):
        method.predict(picture(), Faces(np.array([BOX]), 'landmarks68'))


def test_the_points_of_wflw_are_those_of_a_face():
    """WFLW's mirror partners are iBUG's mirror partners."""
    assert len(set(WFLW)) == len(HeadPoints().whole) == 68
    pytest.importorskip('mmpose', exc_type=ModuleNotFoundError)
    from mmpose.registry import DATASETS

    from mmfsa.utils.mmpose import mmpose

    def partners(dataset):
        path = DATASETS.get(f'mmpose.{dataset}').METAINFO['from_file']
        folder = Path(mmpose.__file__).parent
        points = Config.fromfile(folder / '.mim' / path).dataset_info.keypoint_info
        number = {point.name: i for i, point in points.items()}
        return [number.get(point.swap, i) for i, point in points.items()]

    theirs = partners('WFLWDataset')
    ours = partners('Face300WDataset')
    assert [theirs[point] for point in WFLW] == [WFLW[i] for i in ours]
