"""The binned head: known answers."""

import torch
from torch import nn

from mmfsa.models import BinnedHead
from mmfsa.models.losses import build_loss


def poses(head, features):
    head.linear = nn.Identity()  # the head passes on its input
    return head.decode(head(features))['pose']


def test_says_the_middle_of_the_bin_it_is_sure_of():
    sure = nn.functional.one_hot(torch.tensor([[0, 33, 65], [32, 34, 1]]), 66) * 1e4
    torch.testing.assert_close(
        poses(BinnedHead(in_features=198), sure.float().flatten(1)),
        torch.tensor([[-97.5, 1.5, 97.5], [-1.5, 4.5, -94.5]]),
    )


def test_mixes_bins():
    head = BinnedHead(in_features=6, num_bins=2, angle_range=90.0)
    probabilities = torch.tensor([[0.25, 0.75], [0.5, 0.5], [1.0, 1e-30]])
    torch.testing.assert_close(
        poses(head, probabilities.log()[None].flatten(1)),
        torch.tensor([[22.5, 0.0, -45.0]]),
    )


def test_its_own_loss_knows_its_range_and_alpha():
    loss = build_loss(None, BinnedHead(angle_range=180.0, alpha=0.5))
    assert (loss.angle_range, loss.alpha) == (180.0, 0.5)
