"""A loss in the config of any head."""

import pytest
import torch

from mmfsa.models import BinLoss, BinnedHead, GeodesicLoss, L1Loss, Rotation6DHead
from mmfsa.models.losses import build_loss

HEADS = ['SSRHead', 'Rotation6DHead', 'BinnedHead']
POSES = [[0, 0, 0], [90, -30, 5], [-60, 45, -97], [20, 10, 60]]


def test_the_heads_own_loss():
    assert type(build_loss(None, Rotation6DHead())) is GeodesicLoss
    assert type(build_loss(None, BinnedHead())) is BinLoss


@pytest.mark.parametrize('kind', ['BinLoss', 'mmfsa.BinLoss', BinLoss])
def test_a_loss_of_the_heads_own_type_starts_from_its_arguments(kind):
    loss = build_loss(dict(type=kind, alpha=2.0), BinnedHead(angle_range=180.0))
    assert (loss.angle_range, loss.alpha) == (180.0, 2.0)


@pytest.mark.parametrize('head', HEADS)
@pytest.mark.parametrize('loss', [L1Loss, GeodesicLoss])
def test_every_head_learns_by_every_loss(head, loss, network, samples):
    model = network(head, loss=dict(type=loss.__name__)).train()
    assert type(model.criterion) is loss
    images, labelled = torch.rand(4, 3, 64, 64) * 255, samples(POSES)
    before = {name: p.clone() for name, p in model.named_parameters()}
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    history = []
    for _ in range(15):
        losses = model(images, labelled, mode='loss')
        assert losses.keys() == {'loss'}
        optimizer.zero_grad()
        losses['loss'].backward()
        optimizer.step()
        history.append(losses['loss'].item())
    assert history[-1] < 0.8 * history[0]
    changed = {
        n.split('.')[0] for n, p in model.named_parameters() if (p != before[n]).any()
    }
    assert changed == {'backbone', 'neck', 'head'}


def test_a_loss_that_the_head_cannot_serve_says_so(network, samples):
    model = network('SSRHead', loss=dict(type='BinLoss'))
    with pytest.raises(ValueError, match=r'BinLoss needs logits.*p1, eta1'):
        model(torch.rand(1, 3, 64, 64), samples([[0, 0, 0]]), mode='loss')
