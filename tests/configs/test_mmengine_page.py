"""docs/en/mmengine.md: each fragment is a config that MMEngine takes."""

import re
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.optim import build_optim_wrapper
from mmengine.registry import HOOKS, VISBACKENDS

from mmfsa.registry import MODELS
from mmfsa.utils import register_all_modules

PAGE = Path(__file__).resolve().parents[2] / 'docs/en/mmengine.md'
FRAGMENTS = re.findall(r'```python\n(.*?)```', PAGE.read_text(), re.DOTALL)
BASES = "_base_ = ['mmfsa::_base_/models/fsa_caps_1x1.py', 'mmfsa::_base_/mine.py']\n"


@pytest.mark.parametrize('fragment', FRAGMENTS)
def test_a_fragment(tmp_path, fragment):
    register_all_modules()
    path = tmp_path / 'own.py'
    path.write_text(BASES + fragment)
    cfg = Config.fromfile(path)
    hooks = [*cfg.default_hooks.values(), *cfg.get('custom_hooks', [])]
    for hook in hooks:
        assert isinstance(HOOKS.build(hook), Hook)
    for backend in cfg.visualizer.vis_backends:
        assert VISBACKENDS.get(backend.type)
    wrapper = build_optim_wrapper(MODELS.build(cfg.model), cfg.optim_wrapper)
    assert {round(rate, 9) for rate in wrapper.get_lr()['lr']} <= {3e-4, 3e-5}


def test_the_page_has_what_it_promises():
    text = PAGE.read_text()
    for word in ('EMAHook', 'EarlyStopping', 'Wandb', 'MLflow', 'save_best', '--amp'):
        assert word in text
