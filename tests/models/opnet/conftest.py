"""OpNet in training form, with the tensors of the golden files."""

import re

import numpy as np
import pytest

from mmfsa.registry import MODELS

NUM_POINTS, NUM_SHAPES = 68, 50
BLOCKS = [
    '2_1',
    '2_2',
    '3_1',
    '3_2',
    '4_1',
    '4_2',
    *(f'5_{i}' for i in range(1, 7)),
    '6',
]
HEAD = {
    'quatnet.linear': 'quaternion',
    'quatnet.uncertainty_net.neck.lin': 'rotation_scales.linear',
    'posnet.linear_xy': 'centre',
    'posnet.linear_size': 'size',
    'posnet.scales.neck.lin': 'place_scales.linear',
    'boxnet.linear': 'box',
    'boxnet.scales.hidden_scale': 'box_scales.hidden',
    'landmarks.shapenet': 'points.linear',
    'landmarks.deformablekeypoints.keypts': 'points.mean',
    'landmarks.deformablekeypoints.keyeigvecs': 'points.basis',
    'landmarks.point_distrib_scales.hidden_scale': 'points.scales.hidden',
}
OFFSETS = {'local_pose_offset.p': 'offset', 'local_pose_offset_kpts.p': 'points.offset'}


def our_name(original):
    """Our name of a tensor of the authors' training code; None for what nobody uses."""
    for theirs, ours in HEAD.items():
        if original == theirs or original.startswith(f'{theirs}.'):
            return f'head.{ours}{original.removeprefix(theirs)}'
    name = original.replace('convnet.', 'backbone.')
    for stem, ours in (('conv1', 'conv'), ('bn1', 'bn')):
        name = name.replace(f'backbone.{stem}.', f'backbone.stem.{ours}.')
    block = re.match(r'backbone\.dw(\w+)\.(conv|bn)_(dw|sep)\.(\w+)$', name)
    if block:
        number, layer, kind, value = block.groups()
        unit = dict(dw='depthwise', sep='pointwise')[kind]
        return f'backbone.blocks.{BLOCKS.index(number)}.{unit}.{layer}.{value}'
    return name if name.startswith('backbone.stem') else None


@pytest.fixture(scope='session')
def in_training_form(golden):
    """A golden file and the network of its tensors: `opnet_mbv1_offset_on` or `…_free`."""

    def build(name):
        story = golden(name)
        tensors = story.weights(**kept(story))
        offset = name.endswith('on')
        head = dict(type='OpNetHead', offset=offset, points=dict(type='FacePoints'))
        model = MODELS.build(
            dict(
                type='HeadPoseEstimator',
                inputs=dict(size=129, color='grey', mean=(127.5,), std=(255,)),
                backbone=dict(type='OpNetBackbone'),
                head=head,
            )
        )
        state = {our_name(key): value for key, value in tensors.items()}
        state.pop(None)
        for theirs, ours in OFFSETS.items():
            state[f'head.{ours}.values'] = tensors[theirs][0, 1:]
        missing, surplus = model.load_state_dict(state, strict=False)
        assert missing == []
        assert all('offset' in name for name in surplus)
        return story, model.eval()

    return build


def kept(story):
    """The tensors that the rule leaves out, as the golden README makes them."""
    least = np.float32([1e-6] * 3 + [0] * 3)
    keypoints = 'landmarks.deformablekeypoints'
    return {
        'posnet.scales.min_diag': least,
        'quatnet.uncertainty_net.min_diag': least,
        f'{keypoints}.keypts': story.made('oracle.keypts', NUM_POINTS, 3),
        f'{keypoints}.keyeigvecs': np.float32(0.1)
        * story.made('oracle.keyeigvecs', NUM_SHAPES, NUM_POINTS, 3),
    }
