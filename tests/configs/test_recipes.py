"""Networks train as the originals' recipes say: a few iterations on a tiny index."""

import numpy as np
import pytest
import torch
from mmengine.dataset import pseudo_collate
from mmengine.optim import build_optim_wrapper

from mmfsa.datasets.nested import inner_datasets
from mmfsa.engine.runs import set_data_root
from mmfsa.registry import DATASETS, MODELS
from mmfsa.utils import register_all_modules
from mmfsa.zoo import experiments, get_config

SMALL = (
    *('hopenet_lite', 'shaw_b66', 'whenet'),
    *('opal_6d', 'yakhyo_mobilenet_v3_small', 'tddfa_v2_mb05'),
)
HOPENETS = 'hopenet_resnet50', 'hopenet_resnet50_alpha2'
LARGE = (
    *HOPENETS,
    *('opal_euler', 'opal_quaternion'),
    *('semiuhpe_resnet50', 'sixdrepnet', 'sixdrepnet360', 'tokenhpe'),
    *('yakhyo_mobilenet_v2', 'yakhyo_resnet18', 'synergynet'),
)
NUM = 3  # faces of a batch


@pytest.fixture
def recipe(write_index, tmp_path):
    """The model, the optimiser and a batch of an experiment."""
    (tmp_path / '300wlp').symlink_to(tmp_path)

    def build(name, change=None):
        write_index(change)
        register_all_modules()
        torch.manual_seed(0)
        cfg = get_config(name)
        set_data_root(cfg, tmp_path)
        model = MODELS.build(cfg.model)
        model.init_weights()
        dataset = DATASETS.build(cfg.train_dataloader.dataset)
        for inner in inner_datasets(dataset, 'set_inputs'):
            inner.set_inputs(model.inputs)
        batch = pseudo_collate([dataset[i] for i in range(NUM)])
        return model.train(), build_optim_wrapper(model, cfg.optim_wrapper), batch

    return build


@pytest.mark.parametrize(
    'name', [*SMALL, *(pytest.param(n, marks=pytest.mark.slow) for n in LARGE)]
)
def test_trains_a_few_iterations(name, recipe):
    model, optimizer, batch = recipe(name)
    before = {n: p.detach().clone() for n, p in model.named_parameters()}
    for _ in range(3):
        losses = model.train_step(batch, optimizer)
        assert all(value.isfinite() for value in losses.values())
    still = {n for n, p in model.named_parameters() if torch.equal(p, before[n])}
    stem = 'backbone.model.conv1', 'backbone.model.bn1'
    frozen = {n for n in before if n.startswith(stem)}
    assert still == (frozen if name in HOPENETS else set())


def test_own_landmarks_train_on_the_labels_of_landmarks(recipe, tmp_path):
    def add_landmarks(index):
        for entry in index['data_list']:
            x1, y1, x2, y2 = entry['face_box']
            places = np.random.RandomState(0).uniform((x1, y1), (x2, y2), (68, 2))
            entry['landmarks'] = places.tolist()

    (tmp_path / 'synth_tight').symlink_to(tmp_path)
    model, optimizer, batch = recipe('own_landmarks_pnp', add_landmarks)
    losses = [model.train_step(batch, optimizer)['loss'].item() for _ in range(8)]
    assert losses[-1] < 0.9 * losses[0]


def test_the_rates_of_hopenet():
    cfg = get_config('hopenet_resnet50')
    model = MODELS.build(cfg.model)
    register_all_modules()
    groups = build_optim_wrapper(model, cfg.optim_wrapper).optimizer.param_groups
    rates = {id(p): group['lr'] for group in groups for p in group['params']}
    named = {name: rates[id(p)] for name, p in model.named_parameters()}
    assert named['backbone.model.conv1.weight'] == 0
    assert named['backbone.model.bn1.weight'] == named['backbone.model.bn1.bias'] == 0
    assert named['backbone.model.layer1.0.conv1.weight'] == 1e-5
    assert named['backbone.model.layer4.2.bn1.bias'] == 1e-5
    assert named['head.linear.weight'] == pytest.approx(5e-5)
    assert cfg.train_dataloader.batch_size == 16
    assert cfg.train_cfg.max_epochs == 25


def test_faces_of_biwi_are_cut_as_the_network_says():
    """The crop of FSA-Net's protocol is no one else's."""
    for name in experiments():
        test_set = get_config(name).get('test_sets', {}).get('biwi')
        if test_set and not name.endswith('_p1'):
            assert dict(type='CropFace') in test_set.dataloader.dataset.pipeline, name


@pytest.mark.parametrize('name', ['nano_steady', 'small_steady'])
def test_students_look_twice_at_photos_and_rendered_heads(name, recipe, tmp_path):
    for folder in ('aflw_teachers', 'synth_steady'):
        (tmp_path / folder).symlink_to(tmp_path)
    model, optimizer, batch = recipe(name)
    for _ in range(2):
        losses = model.train_step(batch, optimizer)
        assert {'loss_rotation', 'loss_angles', 'loss_looks'} <= losses.keys()
        assert all(value.isfinite() for value in losses.values())
