"""Every mixed config: short, trains a little on small data, and predicts."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import DATASETS, MODELS, DefaultScope

from mmfsa.engine.runs import set_data_root
from mmfsa.zoo import config_dir

MIX = config_dir() / 'mix'
CONFIGS = sorted(path.stem for path in MIX.glob('*.py'))
# The structure mapping gives heads the same shape for every size of image; small ones
# are faster.
SMALL = 64


def test_all_are_short():
    for path in MIX.rglob('*.py'):
        assert len(path.read_text().splitlines()) <= 25, path.name


def test_the_readme_tells_each_ones_lines():
    rows = [
        [cell.strip() for cell in line.split('|')[1:-1]]
        for line in (MIX / 'README.md').read_text().splitlines()
        if line.startswith('| [')
    ]
    told = {Path(name.split('](')[1][:-1]).stem: int(lines) for name, *_, lines in rows}
    assert told == {
        name: len((MIX / f'{name}.py').read_text().splitlines()) for name in CONFIGS
    }


def batch_of(dataset_cfg):
    # RTMPose's augmentation needs mmdet and albumentations, which nothing else here does.
    dataset_cfg.pipeline = [
        transform
        for transform in dataset_cfg.pipeline
        if transform.type not in ('mmdet.YOLOXHSVRandomAug', 'Albumentation')
    ]
    dataset = DATASETS.build(dataset_cfg)
    return pseudo_collate([dataset[i] for i in range(len(dataset))])


def shrink(batch):
    batch['inputs'] = [
        torch.nn.functional.interpolate(image[None].float(), SMALL)[0].byte()
        for image in batch['inputs']
    ]


@pytest.mark.parametrize('name', CONFIGS)
def test_trains_and_predicts(name, mmpose, data_root, train):
    cfg = Config.fromfile(MIX / f'{name}.py')
    set_data_root(cfg, data_root)
    for loader in (cfg.train_dataloader, cfg.val_dataloader):
        loader.dataset.pop('split', None)
    torch.manual_seed(0)
    np.random.seed(0)
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        model = MODELS.build(cfg.model)
        batch, val = (
            batch_of(loader.dataset)
            for loader in (cfg.train_dataloader, cfg.val_dataloader)
        )
        if 'structure' in name:
            shrink(batch)
            shrink(val)
        parts = {name.split('.')[0] for name, _ in model.named_parameters()}
        steps, moved = train(model, batch)
        losses = [float(step['loss']) for step in steps]
        assert np.isfinite(losses).all()
        assert losses[-1] < losses[0], losses
        assert moved == parts >= {'backbone', 'head'}
        samples = model.val_step(val)
    assert len(samples) == len(val['inputs'])
    for sample in samples:
        if cfg.default_scope == 'mmpose':
            points = sample.pred_instances.keypoints
            assert points.shape == (1, len(sample.gt_instances.keypoints[0]), 2)
            assert np.isfinite(points).all()
        else:
            assert sample.pred_pose.shape == (3,)
            assert sample.pred_pose.isfinite().all()
