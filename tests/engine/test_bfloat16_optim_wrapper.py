"""Mixed precision on the CPU: convolutions in 16 bits, the pose and the loss in 32."""

import torch
from torch import nn

from mmfsa.models.losses import Labels
from mmfsa.registry import MODELS, OPTIM_WRAPPERS
from mmfsa.utils import register_all_modules

MODEL = dict(
    type='HeadPoseEstimator',
    backbone=dict(
        type='ResidualBackbone', stem=8, blocks=((8, 2), (8, 2)), out_channels=8
    ),
    neck=dict(type='FlattenNeck'),
    head=dict(type='Rotation6DHead', in_features=512, hidden=(8,)),
)


def test_only_convolutions_compute_in_16_bits():
    register_all_modules()
    torch.manual_seed(0)
    model = MODELS.build(MODEL).train()
    optimizer = torch.optim.AdamW(model.parameters())
    wrapper = OPTIM_WRAPPERS.build(
        dict(type='BFloat16OptimWrapper', optimizer=optimizer)
    )
    images, pose = torch.rand(4, 3, 64, 64), torch.rand(4, 3) * 40
    labels = Labels(pose)
    seen = {}

    def note(name):
        return lambda _, __, output: seen.update({name: output.dtype})

    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.register_forward_hook(note(name))
    with wrapper.optim_context(model):
        losses = model.loss(images, labels)
    kinds = {name.partition('.')[0]: kind for name, kind in seen.items()}
    assert kinds == dict(backbone=torch.bfloat16, head=torch.float32)
    assert losses['loss'].dtype == torch.float32
    before = {name: value.clone() for name, value in model.named_parameters()}
    wrapper.update_params(losses['loss'])
    changed = {n for n, p in model.named_parameters() if not torch.equal(p, before[n])}
    assert changed == set(before)
