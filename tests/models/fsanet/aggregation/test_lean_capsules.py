"""The capsules for export compute what the capsules compute."""

import pytest
import torch
from torch import nn

from mmfsa.models import CapsuleAggregation
from mmfsa.models.fsanet.aggregation import capsule
from mmfsa.models.fsanet.aggregation.lean_capsules import LeanCapsules, squash


@pytest.mark.parametrize('routings', [1, 2, 3])
def test_the_same_vectors(routings):
    torch.manual_seed(0)
    capsules = CapsuleAggregation(21, routings=routings)
    nn.init.normal_(capsules.weight, std=0.3)
    lean, candidates = capsules.lean(), torch.randn(5, 21, 64)
    assert isinstance(lean, LeanCapsules)
    torch.testing.assert_close(
        lean(candidates), capsules(candidates), rtol=1e-4, atol=1e-5
    )


def test_squash_is_the_capsules():
    # From nothing at all to far beyond what occurs.
    lengths = torch.tensor([0, 1e-12, 1e-6, 1e-4, 1e-2, 1, 1e2, 1e6])
    s = torch.randn(100, 1, 16) * lengths[:, None]
    torch.testing.assert_close(squash(s), capsule.squash(s), rtol=1e-6, atol=5.1e-8)
    torch.testing.assert_close(
        squash(s, 1 / 3), capsule.squash(s / 3), rtol=1e-6, atol=5.1e-8
    )
