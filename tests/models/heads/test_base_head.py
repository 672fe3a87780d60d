"""What becomes of features on their way into a head."""

import pytest
import torch

from mmfsa.models.heads.base_head import as_vector


def test_feature_maps_become_their_means():
    maps = torch.rand(2, 5, 4, 3)
    torch.testing.assert_close(as_vector(maps, 5), maps.mean(dim=(2, 3)))


def test_vectors_lie_side_by_side():
    V, maps = torch.rand(2, 3, 4), torch.rand(2, 5, 2, 2)
    vector = as_vector([V, maps], 17)
    assert torch.equal(vector[:, :12], V.flatten(1))
    torch.testing.assert_close(vector[:, 12:], maps.mean(dim=(2, 3)))


def test_another_length_is_refused():
    with pytest.raises(ValueError, match=r'in_features=20 .*, got 5 .*\(2, 5, 2, 2\)'):
        as_vector(torch.rand(2, 5, 2, 2), 20)
