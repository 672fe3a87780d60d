"""What brings foreign feature maps to FSA-Net."""

import torch

from mmfsa.models import StageAlignment


def test_alignment_gives_the_deepest_stage_first():
    align = StageAlignment((1, 2), out_channels=1, out_size=2)
    for projection, value in zip(align.projections, (1.0, 10.0), strict=True):
        torch.nn.init.constant_(projection.weight, value)
        torch.nn.init.zeros_(projection.bias)
    shallow, deep = torch.ones(1, 1, 4, 4), torch.ones(1, 2, 1, 1)
    deepest, shallowest = align([shallow, deep])
    torch.testing.assert_close(deepest, torch.full((1, 1, 2, 2), 20.0))
    torch.testing.assert_close(shallowest, torch.ones(1, 1, 2, 2))


def test_alignment_halves_by_the_mean_of_four_pixels():
    align = StageAlignment((1,), out_channels=1, out_size=4)
    torch.nn.init.ones_(align.projections[0].weight)
    torch.nn.init.zeros_(align.projections[0].bias)
    image = torch.rand(2, 1, 8, 8)
    (halved,) = align([image])
    torch.testing.assert_close(halved, torch.nn.functional.avg_pool2d(image, 2))
