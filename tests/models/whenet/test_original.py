"""WHENet with its real weights computes what other implementations compute with them."""

import numpy as np
import pytest
import torch

from mmfsa.models.whenet.original import to_state_dict
from mmfsa.registry import MODELS
from mmfsa.zoo import get_config
from mmfsa.zoo.foreign import read_tensors

WEIGHTS = 'weights/rivals/whenet/WHENet.h5'


@pytest.fixture(scope='module')
def whenet(shared, model_of_file):
    return model_of_file(shared / WEIGHTS, 'whenet')


@pytest.mark.parametrize(
    'kind', ['block', pytest.param('rand', marks=pytest.mark.slow)]
)
def test_outputs_with_features(kind, whenet, golden):
    golden = golden('whenet_real')
    network = whenet.backbone.model
    blocks = [block for stage in network.blocks for block in stage]
    parts = {f'block {i} output': blocks[i] for i in (0, 2, 4, 10, 15)}
    parts['stem convolution'] = network.conv_stem
    golden.check_features(kind, parts, lambda: golden.check_bins(kind, whenet, num=2))


def test_crops_of_faces(whenet, shared):
    golden = np.load(shared / 'reference/rivals/parity/golden_whenet_shaw.npz')
    bgr = torch.from_numpy(golden['crops_rgb'][:2, ..., ::-1].copy())
    images = whenet.data_preprocessor.normalize(bgr.permute(0, 3, 1, 2).float())
    with torch.no_grad():
        poses = whenet(images)
    np.testing.assert_allclose(poses, golden['whenet_ypr'][:2], rtol=0, atol=1e-3)


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (lambda t: t.pop('pitch_new/bias'), r'missing pitch_new\.bias'),
        (
            lambda t: t.pop('depthwise_conv2d_16/depthwise_kernel'),
            r'missing the tensor of backbone\.model\.blocks\.6\.0\.conv_dw\.weight',
        ),
        (
            lambda t: t.update({'conv2d_66/kernel': np.ones((1, 1, 2, 2))}),
            r'surplus conv2d_66\.weight',
        ),
        (
            lambda t: t.update({'yaw_new/kernel': np.ones((1280, 66))}),
            r'misshapen yaw_new\.weight \(66, 1280\), which should give 120',
        ),
    ],
)
def test_other_tensors_are_refused_by_name(edit, message, shared):
    tensors = read_tensors(shared / WEIGHTS)
    edit(tensors)
    with pytest.raises(ValueError, match=f'x.h5 does not fit the model: .*{message}'):
        to_state_dict(tensors, MODELS.build(get_config('whenet').model), 'x.h5')
