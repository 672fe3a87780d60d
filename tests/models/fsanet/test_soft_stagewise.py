"""Soft stagewise regression: its gradients and its outputs by name."""

import pytest
import torch

from mmfsa.models import SSRHead, SSRNetMDHead
from mmfsa.models.fsanet.soft_stagewise import (
    StageParameters,
    soft_stagewise_regression,
)


def doubles(*shape):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(*shape, dtype=torch.float64, generator=generator)
    return x.requires_grad_()


def test_gradcheck_soft_stagewise_regression():
    def pose(p, eta, delta):
        stages = [
            StageParameters(*parts)
            for parts in zip(p.relu(), eta.tanh(), delta.tanh(), strict=True)
        ]
        return soft_stagewise_regression(stages, 99.0)

    assert torch.autograd.gradcheck(
        pose, (doubles(3, 2, 3, 3), doubles(3, 2, 3), doubles(3, 2, 3))
    )


@pytest.mark.parametrize(
    ('head', 'features'),
    [
        (SSRHead(num_bins=(2, 3, 5)), torch.randn(4, 3, 16)),
        (
            SSRNetMDHead((8, 8, 8), num_bins=(2, 3, 5)),
            torch.randn(3, 4, 8).unbind(0),
        ),
    ],
    ids=['SSRHead', 'SSRNetMDHead'],
)
def test_outputs_are_the_stages_parameters(head, features):
    outputs = head(features)
    assert outputs.keys() == {
        f'{part}{k}' for k in '123' for part in ('p', 'eta', 'delta')
    }
    assert [outputs[f'p{k}'].shape for k in '123'] == [(4, 3, n) for n in (2, 3, 5)]
    assert outputs['eta1'].shape == outputs['delta3'].shape == (4, 3)
    expected = soft_stagewise_regression(head.stage_parameters(features), 99.0)
    torch.testing.assert_close(head.decode(outputs)['pose'], expected)
