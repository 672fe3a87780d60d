"""The packaged landmark network on rendered heads of people that it has not seen."""

import numpy as np
import pytest
import torch

from mmfsa import zoo
from mmfsa.evaluation.landmark_error import normalized_mean_error
from mmfsa.methods import create_model
from mmfsa.structures import Faces, Frame

NAME = 'own_landmarks_pnp'


@pytest.fixture(scope='module')
def network():
    return create_model(NAME, device='cpu')


@pytest.fixture(scope='module')
def heads(renderer):
    """Pictures of several people, of whom none is far from frontal."""
    samples = [renderer(1, person, 0) for person in range(12)]
    return [sample for sample in samples if np.abs(sample.pose).max() < 60]


def found(network, samples):
    frames = [Frame(sample.image) for sample in samples]
    boxes = [Faces(sample.face_box[None], 'landmarks68') for sample in samples]
    return network.predict_batch(frames, boxes)


def test_landmarks_and_poses_of_people_unseen(network, heads):
    poses = found(network, heads)
    errors = [
        normalized_mean_error(pose.extras['landmarks'][0], sample.landmarks)
        for pose, sample in zip(poses, heads, strict=True)
    ]
    assert np.mean(errors) < 6
    wrong = [abs(p.euler[0] - s.pose).mean() for p, s in zip(poses, heads, strict=True)]
    assert np.mean(wrong) < 6


def test_it_is_small_and_free():
    cfg, path = zoo.find_model(NAME, license='free')
    assert path.stat().st_size <= 1e6
    weights = torch.load(path, weights_only=True)['state_dict'].values()
    assert sum(w.numel() for w in weights) < 250_000
    assert cfg.model.inputs.size <= 112
