"""What a loss reports where a head does not give what the loss needs."""

import pytest
import torch

from mmfsa.models import BinLoss, Labels


def test_a_missing_output_is_named():
    labels = Labels(torch.zeros(1, 3))
    with pytest.raises(ValueError, match=r'BinLoss needs logits, but the head gives p'):
        BinLoss()(dict(pose=torch.zeros(1, 3)), labels)
