"""The learned smoother's network: rotations in, rotations out, and nothing beyond."""

import torch

from mmfsa.models import RotationSmoother
from mmfsa.structures import geodesic_distance, pose_to_matrix


def smoother():
    torch.manual_seed(0)
    return RotationSmoother(hidden=8).eval()


def test_a_first_frame_and_a_resting_head_stay():
    model = smoother()
    rotation = pose_to_matrix(torch.tensor([[40.0, -10, 5], [-100.0, 20, 170]]))
    spread, state = torch.full((2,), 3.0), torch.rand(2, model.state_size)
    smooth, state = model(rotation, spread, torch.zeros(2), state)
    torch.testing.assert_close(smooth, rotation)
    for _ in range(5):
        smooth, state = model(rotation, spread, torch.full((2,), 0.04), state)
    assert geodesic_distance(smooth, rotation).max() < 1e-2


def test_it_turns_with_its_frame_of_reference():
    """The same head seen by a camera that lies on its side: the same, turned."""
    model = smoother()
    poses = torch.randn(6, 3) * 10
    turned = pose_to_matrix(torch.tensor([0.0, 0, 90])) @ pose_to_matrix(poses)
    states = [torch.zeros(1, model.state_size)] * 2
    for i, pair in enumerate(zip(pose_to_matrix(poses), turned, strict=True)):
        elapsed = torch.full((1,), 0.03 * (i > 0))
        results = [
            model(rotation[None], torch.ones(1), elapsed, state)
            for rotation, state in zip(pair, states, strict=True)
        ]
        states = [state for _, state in results]
    (plain, _), (other, _) = results
    expected = pose_to_matrix(torch.tensor([0.0, 0, 90])) @ plain
    assert geodesic_distance(expected, other).max() < 1e-2


def test_every_weight_learns():
    model = smoother().train()
    rotations = pose_to_matrix(torch.randn(4, 2, 3) * 5)
    state = torch.zeros(2, model.state_size)
    for t, rotation in enumerate(rotations):
        smooth, state = model(
            rotation, torch.ones(2), torch.full((2,), 0.03 * (t > 0)), state
        )
    smooth[:, 0].sum().backward()
    assert all(
        p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters()
    )
