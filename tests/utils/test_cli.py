import sys

from mmengine import Config
from mmengine.visualization import Visualizer

from mmfsa.utils.cli import leave_out_tensorboard
from mmfsa.zoo import get_config


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
