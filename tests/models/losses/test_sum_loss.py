"""Several losses together: their names, their weights and their time."""

import pytest
import torch
from mmengine.logging import MessageHub

from mmfsa.models.losses import Labels, SumLoss

PARTS = dict(
    angles=dict(type='L1Loss', weight=2),
    late=dict(type='OutputL2Loss', output='length', target=0, ramp=(0.1, 0.2)),
)
OUTPUTS = dict(pose=torch.ones(1, 3), length=torch.ones(1))


@pytest.fixture
def training():
    """Say how much of a training is done."""
    hub = MessageHub.get_current_instance()

    def at(iteration):
        hub.update_info('max_iters', 100)
        hub.update_info('iter', iteration)

    yield at
    for name in ('max_iters', 'iter'):
        hub._runtime_info.pop(name, None)


def test_outside_of_a_training_every_part_counts():
    losses = SumLoss(PARTS)(OUTPUTS, Labels(torch.zeros(1, 3)))
    assert {name: float(v) for name, v in losses.items()} == dict(
        loss_angles=2, loss_late=1
    )


@pytest.mark.parametrize(('iteration', 'weight'), [(0, 0), (15, 0.5), (20, 1), (99, 1)])
def test_a_ramp_rises_with_the_training(iteration, weight, training):
    training(iteration)
    losses = SumLoss(PARTS)(OUTPUTS, Labels(torch.zeros(1, 3)))
    assert float(losses['loss_late']) == weight
    assert float(losses['loss_angles']) == 2


def test_a_part_names_the_output_that_it_lacks():
    with pytest.raises(ValueError, match='OutputL2Loss needs length'):
        SumLoss(PARTS)(dict(pose=torch.ones(1, 3)), Labels(torch.zeros(1, 3)))
