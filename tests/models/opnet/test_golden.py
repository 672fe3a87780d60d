"""OpNet in training form computes what the authors' training code computes."""

import pytest
import torch

from mmfsa.models.losses import Labels
from mmfsa.registry import MODELS
from mmfsa.structures import matrix_to_pose, quaternion_to_matrix
from mmfsa.zoo import get_config

WEIGHTS = dict(
    rotation=1,
    centre=0.25,
    size=0.25,
    box=0.01,
    points=0.5,
    shape=0.1,
    length=1e-6,
    rotation_nll=0.005,
    place_nll=0.005,
    box_nll=1e-4,
    points_nll=0.005,
)
FEATURES = {
    'convnet.bn1': 'stem.bn',
    'convnet.dw2_1': 'blocks.0',
    'convnet.dw3_1': 'blocks.2',
    'convnet.dw4_1': 'blocks.4',
    'convnet.dw5_5': 'blocks.10',
    'convnet.dw6': 'blocks.12',
}
OUTPUTS = {
    'quaternion': 'quat',
    'place': 'coord',
    'box': 'roi',
    'rotation_scales': 'pose_scales_tril',
    'place_scales': 'coord_scales',
    'box_scales': 'roi_scales',
    'points': 'pt3d_68',
    'shape': 'shapeparam',
    'points_scales': 'pt3d_68_scales',
}
GRADIENTS = {
    'convnet.conv1.weight': 'backbone.stem.conv.weight',
    'convnet.dw3_2.conv_dw.weight': 'backbone.blocks.3.depthwise.conv.weight',
    'convnet.dw5_3.bn_sep.weight': 'backbone.blocks.8.pointwise.bn.weight',
    'quatnet.linear.weight': 'head.quaternion.weight',
    'quatnet.uncertainty_net.neck.lin.weight': 'head.rotation_scales.linear.weight',
    'posnet.linear_xy.weight': 'head.centre.weight',
    'landmarks.shapenet.weight': 'head.points.linear.weight',
    'local_pose_offset.p': 'head.offset.values',
}
PARTS = {
    'rot_1': 'rotation',
    'xy_0.25': 'centre',
    'size_0.25': 'size',
    'box_0.01': 'box',
    'points3d_0.5': 'points',
    'shape_l2_0.1': 'shape',
    'quat_norm_1e-6': 'length',
    'nll_rot': 'rotation_nll',
    'nll_coord': 'place_nll',
    'nll_box': 'box_nll',
    'nll_points3d': 'points_nll',
}


def outputs_of(model, images):
    """All raw outputs in eval mode; the points are a matter of training."""
    features = model.extract_feat(images - 0.5)
    model.head.training = True  # the dropout stays as it is
    outputs = model.head(features)
    return {**outputs, **model.head.decode(outputs)}


@pytest.mark.parametrize('name', ['opnet_mbv1_offset_on', 'opnet_mbv1_offset_free'])
def test_outputs(name, in_training_form):
    story, model = in_training_form(name)
    seen = {}
    for original, ours in FEATURES.items():
        part = model.backbone.get_submodule(ours)
        part.register_forward_hook(lambda _, __, x, key=original: seen.update({key: x}))
    for kind in ('rand', 'block'):
        with torch.no_grad():
            outputs = outputs_of(model, story.images(kind))
        for key, expected in story.story['features'][kind].items():
            if key in FEATURES:
                found = seen[key].flatten()[expected['flat_index']]
                error = (found - torch.tensor(expected['values'])).abs().max()
                assert error < 1e-4 * expected['std'], key
        for ours, key in OUTPUTS.items():
            error = (outputs[ours] - story[f'{kind}_{key}']).abs().max()
            assert error < 1e-5, (kind, ours)
        expected = story[f'{kind}_project_R']
        assert (outputs['rotation'] - expected).abs().max() < 1e-5
        pose = matrix_to_pose(outputs['rotation'])
        assert (pose - story[f'{kind}_project_ypr']).abs().max() < 1e-2
        sigma = outputs['spread'].diagonal(dim1=1, dim2=2).sum(1).sqrt()
        assert (sigma - story[f'{kind}_rotation_sigma_deg']).abs().max() < 1e-3


def labels_of(story):
    matrix = quaternion_to_matrix(story['gt_quat_xyzw'])
    names = dict(place='coord', box='roi', points='pt3d', shape='shapeparam')
    others = {ours: story[f'gt_{theirs}'] for ours, theirs in names.items()}
    exact = dict(enumerate(matrix))
    return Labels(story.labels().float(), exact=exact, others=others)


@pytest.mark.parametrize('mode', ['eval', 'train'])
@pytest.mark.parametrize('name', ['opnet_mbv1_offset_on', 'opnet_mbv1_offset_free'])
def test_losses_and_gradients(name, mode, in_training_form):
    story, model = in_training_form(name)
    model.train(mode == 'train')
    model.head.dropout.eval()
    model.zero_grad()
    expected = story.story['loss'][f'{mode}_float32']
    loss = MODELS.build(get_config('opnet_small_points').model.loss)
    losses = loss(outputs_of(model, story.images('rand')), labels_of(story))
    parts = dict(zip(story.story['loss_parts'], expected['parts'], strict=True))
    for theirs, ours in PARTS.items():
        value = float(losses[f'loss_{ours}'])
        assert value == pytest.approx(parts[theirs] * WEIGHTS[ours], rel=1e-4), ours
    total = sum(losses.values())
    assert float(total) == pytest.approx(expected['loss'], rel=1e-5)
    total.backward()
    parameters = dict(model.named_parameters())
    for theirs, norm in expected['grad_norm'].items():
        found = float(parameters[GRADIENTS[theirs]].grad.norm())
        rel = 1e-2 if mode == 'train' else 1e-3
        assert found == pytest.approx(norm, rel=rel), theirs
    if mode == 'train':
        bn = story.story['loss']['train_bn_after_one_forward']
        first = model.backbone.stem.bn.running_mean[:8].tolist()
        assert first == pytest.approx(bn['running_mean_first8'], abs=1e-5)
