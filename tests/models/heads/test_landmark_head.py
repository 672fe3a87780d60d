"""Landmarks to a pose in closed form: exact, trainable, and right at the start."""

import numpy as np
import pytest
import torch

from mmfsa.landmarks import HeadPoints, weak_perspective
from mmfsa.models.heads import LandmarkHead
from mmfsa.models.losses import GeodesicLoss, Labels, build_loss
from mmfsa.structures import Camera, matrix_to_pose, pose_to_matrix

POSES = np.array([[30.0, -10, 5], [-60, 20, -15], [0, 0, 0]])


def seen(poses=POSES, points=None):
    """The landmarks of heads in weak perspective, (N, K, 2) fractions of a crop."""
    points = (points or HeadPoints()).whole
    turned = points @ np.swapaxes(pose_to_matrix(poses), 1, 2)
    return torch.from_numpy(0.5 + turned[..., :2] / 200).float()


@pytest.mark.parametrize('subset', ['all', 'inner', 'anthropometric'])
def test_exact_landmarks_give_the_pose(subset):
    head = LandmarkHead(4, dict(subset=subset))
    found = head.decode(dict(landmarks=seen()))
    np.testing.assert_allclose(found['pose'], POSES, atol=1e-3)
    np.testing.assert_allclose(found['rotation'], pose_to_matrix(POSES), atol=1e-5)
    assert found['landmarks'].shape == (3, 68, 2)


def test_noisy_landmarks_give_the_solvers_pose():
    landmarks = seen() + 0.02 * torch.randn(3, 68, 2, generator=torch.manual_seed(0))
    points = HeadPoints(subset='inner')
    found = LandmarkHead(4, points).decode(dict(landmarks=landmarks))
    for pixels, rotation in zip(landmarks.numpy(), found['rotation'], strict=True):
        fit = weak_perspective(
            pixels[points.index].astype(float), points.xyz, Camera(1, 1, 0, 0)
        )
        np.testing.assert_allclose(rotation, fit.rotation, atol=1e-4)


def test_it_begins_with_a_frontal_face_and_learns():
    torch.manual_seed(0)
    head = LandmarkHead(16)
    head.init_weights()
    features = torch.rand(3, 16)
    start = head(torch.zeros(1, 16))
    assert head.decode(start)['pose'].abs().max() < 1e-3
    assert start['landmarks'].min().item() == pytest.approx(0.1, abs=0.1)
    labels = Labels(
        torch.tensor(POSES, dtype=torch.float32), others=dict(landmarks=seen())
    )
    criterion = build_loss(None, head)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.02)
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        outputs = head(features)
        loss = criterion(outputs | head.decode(outputs), labels)['loss']
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 3
    found = head.decode(head(features))['rotation'].detach()
    error = matrix_to_pose(found).numpy() - POSES
    assert np.abs(error).max() < 10


def test_the_pose_teaches_the_landmarks():
    head = LandmarkHead(4)
    outputs = head(torch.rand(3, 4))
    labels = Labels(torch.tensor(POSES, dtype=torch.float32))
    GeodesicLoss()(head.decode(outputs), labels)['loss'].backward()
    assert head.linear.weight.grad.isfinite().all()
    assert head.linear.weight.grad.abs().max() > 0


def test_without_labels_nothing_is_learned():
    head = LandmarkHead(4)
    labels = Labels(torch.zeros(2, 3))
    assert build_loss(None, head)(head(torch.rand(2, 4)), labels)['loss'] == 0
