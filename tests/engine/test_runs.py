"""What the command line changes in a config, however the config spells its types."""

import sys

import pytest
from mmengine import Config
from mmengine.visualization import TensorboardVisBackend, Visualizer

from mmfsa.engine.runs import allow_partial, leave_out_tensorboard
from mmfsa.evaluation import HeadPoseMetric
from mmfsa.zoo import get_config


class OwnMetric(HeadPoseMetric):
    """A user's own metric, never registered."""


def backends(cfg):
    return [backend['type'] for backend in cfg.visualizer.vis_backends]


def test_without_tensorboard_a_run_writes_no_files_for_it(monkeypatch, tmp_path):
    cfg = get_config('fsa_caps_1x1_p1')
    leave_out_tensorboard(cfg)
    assert backends(cfg) == ['LocalVisBackend', 'TensorboardVisBackend']

    monkeypatch.setitem(sys.modules, 'tensorboard', None)  # as if not installed
    leave_out_tensorboard(cfg)
    assert backends(cfg) == ['LocalVisBackend']
    visualizer = Visualizer(vis_backends=cfg.visualizer.vis_backends, save_dir=tmp_path)
    visualizer.add_config(cfg)

    leave_out_tensorboard(Config(dict(visualizer=None)))
    for spelling in ('mmengine.TensorboardVisBackend', TensorboardVisBackend):
        cfg = Config(dict(visualizer=dict(vis_backends=[dict(type=spelling)])))
        leave_out_tensorboard(cfg)
        assert backends(cfg) == []


SPELLINGS = ['HeadPoseMetric', 'mmfsa.HeadPoseMetric', HeadPoseMetric, OwnMetric]


@pytest.fixture(params=SPELLINGS, ids=str)
def cfg(request):
    """A config with a metric, whose type is spelt in one of the ways."""
    dataset = dict(type='mmfsa.HeadPoseDataset', split=dict(file='biwi_70_30'))
    other = dict(type='DumpResults', out_file_path='a.pkl')
    evaluator = [dict(type=request.param), other]
    return Config(dict(test_sets=dict(a=dict(dataset=dataset, evaluator=evaluator))))


def test_a_part_of_the_data_is_allowed(cfg):
    allow_partial(cfg)
    metric, other = cfg.test_sets.a.evaluator
    assert metric.allow_partial
    assert 'allow_partial' not in other
    assert cfg.test_sets.a.dataset.split.allow_partial
