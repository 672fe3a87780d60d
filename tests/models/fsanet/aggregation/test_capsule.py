"""Capsules: squash, routing, and how they start."""

import pytest
import torch
from torch import nn

from mmfsa.models import CapsuleAggregation
from mmfsa.models.fsanet.aggregation.capsule import route, squash


def doubles(*shape):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(*shape, dtype=torch.float64, generator=generator)
    return x.requires_grad_()


def test_gradcheck_squash():
    assert torch.autograd.gradcheck(squash, doubles(4, 5))


@pytest.mark.parametrize('iterations', [1, 2, 3])
def test_gradcheck_routing(iterations):
    assert torch.autograd.gradcheck(lambda u: route(u, iterations), doubles(2, 3, 4, 5))


def test_squash_keeps_the_direction_and_bounds_the_length():
    s = torch.randn(100, 16) * torch.logspace(-3, 3, 100)[:, None]
    v = squash(s)
    assert (v.norm(dim=-1) < 1 + 1e-6).all()
    torch.testing.assert_close(
        nn.functional.cosine_similarity(s, v), torch.ones(100), atol=1e-5, rtol=0
    )


@pytest.mark.parametrize(('candidates', 'limit'), [(21, 0.0345), (192, 0.0114)])
def test_init_is_glorot_uniform_with_the_limits_of_keras(candidates, limit):
    weight = CapsuleAggregation(candidates).weight
    assert 0.99 * limit < weight.abs().max() < 1.01 * limit
