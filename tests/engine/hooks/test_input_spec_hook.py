"""A plain runner of mmengine: the model tells data sets and metric what it sees."""

import pytest
from mmengine import Config
from mmengine.runner import Runner
from torch.utils.data import ConcatDataset

from mmfsa.datasets import HeadPoseDataset
from mmfsa.datasets.nested import inner_datasets
from mmfsa.utils import register_all_modules
from mmfsa.zoo import config_dir

EXPERIMENT = 'fsa_none_wo_p1.py'


@pytest.fixture
def config(write_index, tmp_path):
    """An experiment of the paper, with other inputs, on a made-up test set."""
    register_all_modules()
    cfg = Config.fromfile(config_dir() / EXPERIMENT)
    cfg.work_dir = str(tmp_path)
    cfg.model.inputs.update(color='RGB', crop=dict(pad=0.3))
    cfg.model.test_cfg = dict(flip_test=True)
    cfg.test_dataloader.update(num_workers=0)
    cfg.test_dataloader.dataset.update(data_root=str(write_index()))
    cfg.test_evaluator = dict(type='mmfsa.HeadPoseMetric')
    cfg.visualizer.vis_backends = []
    cfg.train_dataloader = cfg.val_dataloader = None
    cfg.train_cfg = cfg.val_cfg = cfg.val_evaluator = None
    cfg.optim_wrapper = cfg.param_scheduler = None
    return cfg


def test_a_plain_runner_prints_a_true_card(config):
    runner = Runner.from_cfg(config)
    runner.test()
    (metric,) = runner.test_evaluator.metrics
    assert metric.card.crop == runner.model.inputs.rule
    assert metric.card.crop.startswith('face box + 0.3 of its size')
    assert metric.card.color_order == 'RGB'
    assert metric.card.flip_test is True


def test_what_a_config_changes_for_one_test_set_stays(config):
    """The paper's crop of BIWI is another one than that of AFLW2000."""
    pipeline = config.test_dataloader.dataset.pipeline
    pipeline[1].update(pad=0.4, inclusive=True)
    runner = Runner.from_cfg(config)
    runner.test()
    (metric,) = runner.test_evaluator.metrics
    assert metric.card.crop.startswith('face box + 0.4 of its size')
    assert 'inclusive end' in metric.card.crop


def test_without_the_hook_other_crops_are_refused(config):
    config.default_hooks.pop('input_spec')
    config.model.inputs.size = 96
    runner = Runner.from_cfg(config)
    with pytest.raises(
        ValueError, match=r'takes crops of 96x96.*gives 64x64.*InputSpec'
    ):
        runner.test()


def test_data_sets_in_data_sets_are_found(write_index):
    root = str(write_index())
    parts = [HeadPoseDataset(data_root=root) for _ in range(2)]
    nested = ConcatDataset([ConcatDataset(parts), HeadPoseDataset(data_root=root)])
    found = list(inner_datasets(nested, 'set_inputs'))
    assert found[:2] == parts and len(found) == 3
