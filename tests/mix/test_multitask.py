"""Landmarks and pose from one backbone."""

import numpy as np
import pytest
import torch
from mmengine import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import DATASETS, MODELS, DefaultScope

from mmfsa.engine.runs import set_data_root
from mmfsa.zoo import config_dir

ROOT = config_dir().parent
CONFIG = ROOT / 'projects/multitask/configs/res50_wflw_300wlp.py'


@pytest.fixture
def cfg(mmpose, data_root, monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    cfg = Config.fromfile(CONFIG)
    set_data_root(cfg, data_root)
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        yield cfg


@pytest.fixture
def model(cfg):
    torch.manual_seed(0)
    return MODELS.build(cfg.model)


@pytest.fixture
def batch(cfg):
    np.random.seed(0)
    dataset = DATASETS.build(cfg.train_dataloader.dataset)
    batch = pseudo_collate([dataset[i] for i in range(len(dataset))])
    batch['inputs'] = [image[:, ::4, ::4] for image in batch['inputs']]
    return batch


def test_config_is_short():
    assert len(CONFIG.read_text().splitlines()) <= 25


def test_data_sets_alternate(cfg, batch):
    landmarks = ['gt_instance_labels' in sample for sample in batch['data_samples']]
    poses = ['gt_pose' in sample for sample in batch['data_samples']]
    assert landmarks == [True, False] * 2
    assert poses == [False, True] * 2


def test_the_shorter_data_set_repeats(cfg):
    datasets = cfg.train_dataloader.dataset.datasets
    datasets[1].indices = 1
    dataset = DATASETS.build(cfg.train_dataloader.dataset)
    assert len(dataset) == 4
    paths = [dataset[i]['data_samples'].img_path for i in (1, 3)]
    assert paths[0] == paths[1]


def test_both_tasks_learn_and_every_part_moves(model, batch, train):
    steps, moved = train(model, batch)
    for name in ('loss_kpt', 'pose.loss'):
        values = [float(step[name]) for step in steps]
        assert np.isfinite(values).all()
        assert values[-1] < values[0], name
    assert moved == {'backbone', 'head', 'pose_neck', 'pose_head'}


def test_a_batch_with_labels_of_one_kind(model, batch):
    for start, expected in ((0, 'loss_kpt'), (1, 'pose.loss')):
        part = {key: values[start::2] for key, values in batch.items()}
        data = model.data_preprocessor(part, training=True)
        losses = model(**data, mode='loss')
        assert expected in losses
        assert len(losses) == (2 if start == 0 else 1)


def test_predicts_both(model, batch):
    samples = model.val_step(batch)
    for sample in samples:
        assert sample.pred_pose.shape == (3,)
        assert sample.pred_pose.isfinite().all()
    for sample in samples[::2]:
        assert sample.pred_instances.keypoints.shape == (1, 98, 2)
    landmarks, poses = model.eval()(torch.rand(2, 3, 64, 64), None)
    assert landmarks.shape == (2, 98, 2)
    assert poses.shape == (2, 3)
