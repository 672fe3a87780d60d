"""The binned head: known answers."""

import pytest
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


def test_says_the_left_edge_as_the_codes_of_hopenet_and_whenet():
    sure = nn.functional.one_hot(torch.tensor([[0, 33, 65], [32, 34, 1]]), 66) * 1e4
    torch.testing.assert_close(
        poses(BinnedHead(in_features=198, stands_for='left'), sure.float().flatten(1)),
        torch.tensor([[-99.0, 0.0, 96.0], [-3.0, 3.0, -96.0]]),
    )
    with pytest.raises(ValueError, match=r"one of middle, left, got 'right'"):
        BinnedHead(stands_for='right')


def test_angles_with_unequal_numbers_of_bins():
    head = BinnedHead(7, num_bins=(2, 3, 2), angle_range=(180.0, 90.0, 90.0))
    probabilities = [0.25, 0.75, 0.25, 0.5, 0.25, 1.0, 1e-30]
    features = torch.tensor([probabilities]).log()
    linear = head.linear
    pose = poses(head, features)
    torch.testing.assert_close(pose, torch.tensor([[45.0, 0.0, -45.0]]))
    logits = head(features)['logits']
    assert logits.shape == (1, 3, 3)
    for dtype in (torch.float32, torch.bfloat16, torch.float16):
        absent = logits.to(dtype).softmax(dim=2)[0, [0, 2], 2]
        assert absent.tolist() == [0, 0]
    assert linear.weight.shape == (7, 7)


def test_relu_comes_before_the_linear_layer():
    feature = torch.tensor([[[[-1.0]], [[2.0]]]])
    for relu, seen in ((True, [[0.0, 2.0]]), (False, [[-1.0, 2.0]])):
        head = BinnedHead(2, relu=relu)
        head.linear.forward = lambda vector: vector.repeat(1, 3)
        assert head([feature])['logits'].tolist() == [3 * seen]
