"""The structure mapping: gradients, and what its maps are."""

import torch

from mmfsa.models import StructureMapping
from mmfsa.registry import MODELS


def doubles(*shape):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(*shape, dtype=torch.float64, generator=generator)
    return x.requires_grad_()


def test_gradcheck_mapping():
    mapping = MODELS.build(dict(type='StructureMapping', num_pixels=4)).double()

    def candidates(features, *scores):
        return mapping(features, scores)[0]

    assert torch.autograd.gradcheck(
        candidates, (doubles(2, 12, 5), *(doubles(2, 2, 2) for _ in range(3)))
    )


def test_structure_maps_are_means_over_all_pixels():
    """Equation 4 with its normalisation: every candidate is a weighted mean."""
    torch.manual_seed(0)
    mapping = StructureMapping(num_pixels=64)
    U, A = torch.randn(2, 192, 64), [torch.rand(2, 8, 8) for _ in range(3)]
    candidates, maps = mapping(U, A)
    torch.testing.assert_close(maps.S.sum(-1), torch.ones(2, 3, 7))
    torch.testing.assert_close(
        candidates[:, 7:14], torch.bmm(maps.S[:, 1], U), rtol=1e-5, atol=1e-6
    )
