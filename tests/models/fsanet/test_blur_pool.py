"""Pools that blur before they leave out pixels."""

import pytest
import torch
import torch.nn as nn
from mmengine.registry import init_default_scope

from mmfsa.models.fsanet.blur_pool import BlurPool, MaxBlurPool
from mmfsa.registry import MODELS

PLAIN = {BlurPool: nn.AvgPool2d(2), MaxBlurPool: nn.MaxPool2d(2)}
each_pool = pytest.mark.parametrize('kind', PLAIN)


@each_pool
def test_its_pixels_lie_where_a_plain_pools_do(kind):
    places = torch.stack(torch.meshgrid(*[torch.arange(16.0)] * 2, indexing='ij'))
    found, plain = kind(2)(places[None]), PLAIN[kind](places[None])
    assert found.shape == plain.shape
    torch.testing.assert_close(found[..., 1:-1, 1:-1], plain[..., 1:-1, 1:-1])


@each_pool
def test_a_flat_map_stays_flat(kind):
    flat = torch.full((2, 3, 8, 6), 5.0)
    torch.testing.assert_close(kind(3)(flat), torch.full((2, 3, 4, 3), 5.0))


@each_pool
def test_what_moves_by_a_pixel_changes_less(kind):
    """Its energy stays where a line lies on an even pixel or on an odd one."""

    def energies(pool):
        lines = torch.zeros(2, 1, 16, 16)
        lines[0, 0, :, 6] = lines[1, 0, :, 7] = 1
        lines[0, 0, :, 10] = lines[1, 0, :, 11] = 1
        moved = lines - torch.roll(lines, 1, dims=3)
        return pool(moved.abs()).std(dim=0).mean()

    assert energies(kind(1)) < energies(PLAIN[kind])


def test_the_backbone_takes_it():
    init_default_scope('mmfsa')
    torch.manual_seed(0)
    plain, blurred = (
        MODELS.build(dict(type='TwoStreamBackbone', anti_aliased=on)).eval()
        for on in (False, True)
    )
    assert blurred.load_state_dict(plain.state_dict()).missing_keys == []
    images = torch.rand(1, 3, 64, 64)
    for one, other in zip(plain(images), blurred(images), strict=True):
        assert one.shape == other.shape
        assert not torch.equal(one, other)
