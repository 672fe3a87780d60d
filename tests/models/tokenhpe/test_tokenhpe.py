"""TokenHPE computes what the authors' code computes."""

import pytest
import torch

from mmfsa.models import RegionLoss
from mmfsa.models.losses import Labels
from mmfsa.models.tokenhpe.orientation_tokens import sine_positions
from mmfsa.models.tokenhpe.region_loss import region_of
from mmfsa.registry import MODELS
from mmfsa.structures import change_frame, wrapped_difference
from mmfsa.zoo import get_config


@pytest.fixture
def tokenhpe(original):
    positions = sine_positions(14, 14, 128)[None].numpy()
    return original(
        'tokenhpe_v1', 'tokenhpe', **{'Ori_blocks.pos_embedding': positions}
    )


@torch.no_grad()
def test_outputs(tokenhpe):
    file, model = tokenhpe
    outputs = model.head(model.extract_feat(file.inputs('rand', model, 1)))
    torch.testing.assert_close(
        outputs['rotation_6d'], file['rand_raw6d'][:1], atol=1e-4, rtol=1e-5
    )
    expected = change_frame(file['rand_region_R'][:1], '6drepnet')
    torch.testing.assert_close(outputs['region_rotation'], expected, atol=2e-5, rtol=0)
    found = model.head.decode(outputs)
    torch.testing.assert_close(
        found['rotation'], file['rand_project_R'][:1], atol=2e-5, rtol=0
    )
    distance = wrapped_difference(found['pose'], file['rand_project_ypr'][:1])
    assert distance.max() < 0.1


@pytest.mark.slow
@torch.no_grad()
def test_features(tokenhpe):
    file, model = tokenhpe
    vit, neck = model.backbone.model, model.neck
    parts = {
        'feature_extractor.patch_embed': vit.patch_embed,
        'feature_extractor.blocks.0': vit.blocks[0],
        'feature_extractor.blocks.5': vit.blocks[5],
        'feature_extractor.norm': vit.norm,
        'Ori_blocks.patch_to_embedding': neck.projection,
        'Ori_blocks.transformer': neck.layers,
        'Ori_blocks.to_dir_6_d': model.head.to_region,
    }
    images = file.inputs('block', model)
    file.check_features('block', parts, lambda: model.regress(images))


@pytest.mark.slow
def test_loss_and_gradients(tokenhpe):
    file, model = tokenhpe
    labels = Labels(file.labels().float())
    losses = model.loss(file.inputs('rand', model), labels)
    loss = torch.deg2rad(losses['loss_pose'] + losses['loss_region'])
    story = file.story['loss']['eval_float32']
    assert loss.item() == pytest.approx(story['loss'], rel=1e-5)
    loss.backward()
    vit, neck = model.backbone.model, model.neck
    gradients = {
        'feature_extractor.patch_embed.proj.weight': vit.patch_embed.proj.weight,
        'feature_extractor.blocks.6.attn.qkv.bias': vit.blocks[6].attn.qkv.bias,
        'feature_extractor.pos_embed': vit.pos_embed,
        'Ori_blocks.ori_tokens': neck.tokens,
        'Ori_blocks.transformer.layers.2.1.fn.fn.net.0.weight': (
            neck.layers[2].mlp[0].weight
        ),
        'mlp_head.2.weight': model.head.mix[2].weight,
    }
    assert gradients.keys() == story['grad_norm'].keys()
    for key, parameter in gradients.items():
        expected = story['grad_norm'][key]
        assert parameter.grad.norm().item() == pytest.approx(expected, rel=2e-3), key


def test_regions(golden):
    for pitch, yaw, region in golden('tokenhpe_v1').story['regions_9']:
        pose = torch.tensor([[yaw, pitch, 0.0]])
        assert region_of(pose).tolist() == [region], (pitch, yaw)


def test_only_the_token_of_the_region_learns():
    torch.manual_seed(0)
    neck = MODELS.build(dict(type='OrientationTokens', in_channels=32, grid=(2, 2)))
    head = MODELS.build(dict(type='RegionHead'))
    outputs = head(neck([torch.randn(2, 5, 32)]))
    outputs['region_rotation'].retain_grad()
    labels = Labels(torch.tensor([[50.0, 0, 0], [0, -50, 0]]))
    losses = RegionLoss(alpha=0.5)({**outputs, **head.decode(outputs)}, labels)
    losses['loss_region'].backward()
    touched = outputs['region_rotation'].grad.abs().sum(dim=(2, 3)) > 0
    assert touched.nonzero().tolist() == [[0, 3], [1, 7]]


def test_parameters(golden):
    with torch.device('meta'):
        model = MODELS.build(get_config('tokenhpe').model)
    found = sum(p.numel() for p in model.parameters())
    unused = 768 * 6 + 6  # the ViT's classifier
    positions = 14 * 14 * 128  # parameters that do not learn, there
    expected = golden('tokenhpe_v1').story['n_parameters']
    assert found + unused + positions == expected
