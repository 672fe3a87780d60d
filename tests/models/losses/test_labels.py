"""The labels of a batch."""

import numpy as np
import torch

from mmfsa.models import Labels
from mmfsa.structures import pose_to_matrix


def test_weights_are_one_number_or_three(samples):
    labelled = samples([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    labelled[1].set_metainfo(dict(weight=0.5))
    labelled[2].set_metainfo(dict(weight=[1.0, 0.0, 0.25]))
    labels = Labels.of(labelled)
    assert labels.pose.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert labels.weight.tolist() == [[1, 1, 1], [0.5] * 3, [1, 0, 0.25]]
    assert labels.pose.dtype == labels.weight.dtype == torch.float32
    assert len(labels) == 3


def test_rotations_are_of_the_poses_unless_they_are_exact(samples):
    labelled = samples([[30, 0, 0], [0, 30, 0]])
    exact = pose_to_matrix(np.array([1.0, 31.0, 2.0]))
    labelled[1].gt_rotation = exact
    rotation = Labels.of(labelled).rotation
    np.testing.assert_allclose(rotation[0], pose_to_matrix([30, 0, 0]), atol=1e-6)
    np.testing.assert_allclose(rotation[1], exact, atol=1e-6)


def test_rotations_are_computed_only_when_asked_for(samples, monkeypatch):
    from mmfsa.models.losses import labels as module

    calls = []
    monkeypatch.setattr(
        module, 'pose_to_matrix', lambda p: calls.append(1) or pose_to_matrix(p)
    )
    labels = Labels.of(samples([[1, 2, 3]]))
    assert not calls
    assert labels.rotation is labels.rotation
    assert len(calls) == 1


def test_other_labels_have_gaps_where_a_face_has_none(samples):
    one, other = samples([[0, 0, 0], [1, 2, 3]])
    other.gt_box = np.arange(4, dtype=np.float32)
    others = Labels.of([one, other]).others
    assert others.keys() == {'box'}
    assert others['box'][0].isnan().all()
    assert others['box'][1].tolist() == [0, 1, 2, 3]
    assert Labels.of([one]).others == {}


def test_the_same_faces_twice(samples):
    labelled = samples([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    labelled[1].gt_rotation = pose_to_matrix(np.array([1.0, 31.0, 2.0]))
    labelled[2].set_metainfo(dict(weight=[1.0, 0.0, 0.25], img_path='third.png'))
    for sample in labelled:
        sample.gt_landmarks = np.full((68, 2), sample.gt_pose[0])
    once = Labels.of(labelled)
    twice = once.twice()
    assert len(twice) == 6
    assert twice.names == 2 * [None, None, 'third.png']
    for half in (slice(3), slice(3, 6)):
        assert torch.equal(twice.pose[half], once.pose)
        assert torch.equal(twice.weight[half], once.weight)
        assert torch.equal(twice.rotation[half], once.rotation)
        assert torch.equal(twice.others['landmarks'][half], once.others['landmarks'])
