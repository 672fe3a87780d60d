"""SemiUHPE's network, and the matrix Fisher distribution, compute what theirs compute."""

import math

import numpy as np
import pytest
import torch

from mmfsa.models import MatrixFisherHead, MatrixFisherLoss
from mmfsa.models.heads.matrix_fisher_head import KNOWS_NOTHING, spread
from mmfsa.models.losses import Labels
from mmfsa.models.losses.matrix_fisher_loss import log_normalizer
from mmfsa.structures import (
    change_frame,
    geodesic_distance,
    nearest_rotation,
    quaternion_to_matrix,
    wrapped_difference,
)

NAME = 'semiuhpe_resnet50'
KINDS = pytest.mark.parametrize('kind', ['random', 'peaked'])


@torch.no_grad()
def test_outputs(original):
    file, model = original(NAME, NAME)
    outputs = model.head(model.extract_feat(file.first_images(model)))
    expected = change_frame(file.first('A9').unflatten(1, (3, 3)), '6drepnet')
    scale = expected.abs().max()
    torch.testing.assert_close(
        outputs['fisher'], expected, atol=float(1e-5 * scale), rtol=0
    )
    found = model.head.decode(outputs)
    torch.testing.assert_close(
        found['rotation'], file.first('project_R'), atol=1e-5, rtol=0
    )
    assert wrapped_difference(found['pose'], file.first('project_ypr')).max() < 0.1


@pytest.mark.slow
def test_loss_and_gradients(original, check_gradients):
    file, model = original(NAME, NAME)
    labels = Labels(file.labels().float())
    loss = model.loss(file.inputs('rand', model), labels)['loss']
    expected = file.story['loss']['eval_float32']['loss']
    assert loss.item() == pytest.approx(expected, rel=1e-5)
    check_gradients(file, model, loss)


@KINDS
def test_the_most_probable_rotation(kind, golden):
    file = golden('semiuhpe_fisher')
    found = nearest_rotation(file[f'{kind}_A64'])
    torch.testing.assert_close(found, file[f'{kind}_R64'], atol=1e-6, rtol=0)


@KINDS
@pytest.mark.parametrize('factor', [1.0, 1.025, 1.05])
def test_the_likelihood_and_its_gradient(kind, factor, golden):
    file = golden('semiuhpe_fisher')
    fisher = file[f'{kind}_A64'].requires_grad_()
    # In which frame both are makes no difference.
    target = file[f'{kind}_R_target64']
    labels = Labels(torch.zeros(len(target), 3, dtype=torch.float64))
    labels.rotation = target
    loss = MatrixFisherLoss(factor)
    each = torch.stack(
        [
            loss.compare(dict(fisher=fisher[i : i + 1]), part(labels, i))['loss']
            for i in range(len(target))
        ]
    )
    name = f'{kind}_nll_overreg{factor}64'
    torch.testing.assert_close(each, file[name], atol=1e-4, rtol=1e-6)
    (gradient,) = torch.autograd.grad(each.sum(), fisher)
    expected = file[f'{kind}_nll_grad_overreg{factor}64']
    # The original has a quadrature of its own for the gradient.
    torch.testing.assert_close(gradient, expected, atol=2e-2, rtol=1e-2)


def part(labels, i):
    one = Labels(labels.pose[i : i + 1])
    one.rotation = labels.rotation[i : i + 1]
    return one


def test_the_normalizer(golden):
    file = golden('semiuhpe_fisher')
    found = log_normalizer(torch.diag_embed(file['S64']))
    torch.testing.assert_close(found, file['logC_F64'], atol=1e-5, rtol=1e-6)
    assert log_normalizer(torch.zeros(1, 3, 3)).item() == pytest.approx(0, abs=1e-6)


def uniform_rotations(num):
    generator = torch.Generator().manual_seed(0)
    quaternions = torch.randn(num, 4, generator=generator, dtype=torch.float64)
    return quaternion_to_matrix(quaternions)


@pytest.mark.parametrize('concentrations', [(12, 10, 8), (30, 20, -5), (40, 15, 10)])
def test_the_spread_is_that_of_samples(concentrations):
    """By the mean over uniform rotations, weighted by their probability."""
    torch.manual_seed(0)
    turn = uniform_rotations(2)
    values = torch.diag(torch.tensor(concentrations, dtype=torch.float64))
    fisher = turn[0] @ values @ turn[1]
    best = nearest_rotation(fisher)
    rotations = uniform_rotations(400_000)
    weights = torch.exp((rotations * fisher).sum((1, 2)) - values.trace())
    angle = geodesic_distance(rotations, best.expand_as(rotations))
    expected = ((weights * angle**2).sum() / weights.sum()).sqrt()
    found = spread(fisher[None], best[None])
    assert found.item() == pytest.approx(expected.item(), rel=0.1)


def test_the_spread_of_what_is_not_known():
    assert pytest.approx(131.8, abs=0.1) == KNOWS_NOTHING
    weak = 1e-6 * torch.diag(torch.tensor([3.0, 2.0, 1.0]))[None]
    assert spread(weak, nearest_rotation(weak)).item() == pytest.approx(KNOWS_NOTHING)
    sure = 1e4 * torch.eye(3)[None]
    expected = math.degrees(math.sqrt(3 / 2e4))
    assert spread(sure, torch.eye(3)[None]).item() == pytest.approx(expected, rel=1e-4)


def test_a_head_without_hidden_layers():
    torch.manual_seed(0)
    head = MatrixFisherHead(in_features=8)
    outputs = head(torch.randn(5, 8, 2, 2))
    found = head.decode(outputs)
    assert found['spread'].shape == (5,) and found['spread'].isfinite().all()
    labels = Labels(torch.empty(5, 3).uniform_(-60, 60))
    loss = MatrixFisherLoss()({**outputs, **found}, labels)['loss']
    loss.backward()
    assert all(np.isfinite(p.grad).all() for p in head.parameters())
