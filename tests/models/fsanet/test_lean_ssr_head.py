"""The head for export computes what the head computes, or stays the head."""

import pytest
import torch
from torch import nn

from mmfsa.models import SSRHead
from mmfsa.models.fsanet.lean_ssr_head import LeanSSRHead


@pytest.mark.parametrize(
    'arguments',
    [
        {},
        dict(num_bins=(2, 3, 5), angle_range=180.0),
        dict(angle_range=(99.0, 107.0, 90.0)),
        dict(spread=True),
    ],
)
def test_the_same_poses(arguments):
    torch.manual_seed(0)
    head = SSRHead(**arguments)
    for bias in (
        layer.bias for layer in head.modules() if isinstance(layer, nn.Linear)
    ):
        nn.init.normal_(bias)
    V = torch.randn(9, 3, 16)
    with torch.no_grad():
        lean, expected = head.lean(), head.decode(head(V))
        assert isinstance(lean, LeanSSRHead)
        found = lean.decode(lean(V))
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-3)
    assert ('spread' in found) == arguments.get('spread', False)


def test_another_lambda_has_no_lean_form():
    head = SSRHead(lambda_=0.5)
    assert head.lean() is head
