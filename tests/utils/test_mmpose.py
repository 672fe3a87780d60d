"""mmpose beside mmfsa, in processes of their own: the import can't be undone."""

import importlib.util
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec('mmpose') is None, reason='mmpose is not installed'
)


def run(code):
    result = subprocess.run(
        [sys.executable, '-W', 'ignore', '-c', code], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


def test_mmpose_comes_when_it_is_asked_for_and_leaves_no_placeholder():
    """Then an mmpose model is built and run, with a backbone of mmfsa's, too."""
    shapes = run("""
import sys
from importlib.util import find_spec

import torch
from mmengine import DefaultScope
from mmfsa.utils import register_all_modules

register_all_modules()
assert 'mmpose' not in sys.modules

before = {name for name in ('mmdet', 'torchvision') if find_spec(name) is not None}
register_all_modules(with_mmpose=True)
from mmfsa.utils.placeholders import Placeholder

left = [n for n, m in sys.modules.items() if isinstance(m, Placeholder)]
assert not left, left
from mmpose.models.heads.hybrid_heads import rtmo_head

if 'mmdet' not in before:
    assert 'mmdet' not in sys.modules
    try:
        rtmo_head.reduce_mean(1)
    except ImportError as e:
        assert 'mmdet.utils.reduce_mean' in str(e) and 'pip install mmdet' in str(e)
    else:
        sys.exit('a placeholder works')

from mmpose.registry import MODELS

model = dict(
    type='TopdownPoseEstimator',
    backbone=dict(type='ResNet', depth=18),
    head=dict(
        type='HeatmapHead', in_channels=512, out_channels=5,
        deconv_out_channels=(32,), deconv_kernel_sizes=(4,),
        loss=dict(type='KeypointMSELoss'),
        decoder=dict(
            type='MSRAHeatmap', input_size=(64, 64), heatmap_size=(4, 4), sigma=1
        ),
    ),
)
with DefaultScope.overwrite_default_scope('mmpose'):
    print(*MODELS.build(model).eval()(torch.rand(2, 3, 64, 64), None).shape)
    model['backbone'] = dict(type='mmfsa.TwoStreamBackbone')
    model['head']['in_channels'] = 64
    model['neck'] = dict(type='FeatureMapProcessor', select_index=0)
    print(*MODELS.build(model).eval()(torch.rand(2, 3, 64, 64), None).shape)
""")
    assert shapes == ['2', '5', '4', '4', '2', '5', '16', '16']


def test_placeholders_do_not_replace_what_is_there():
    run("""
import sys, types
real = types.ModuleType('mmdet')
real.__path__ = []
utils = types.ModuleType('mmdet.utils')
utils.ConfigType = utils.OptConfigType = dict
utils.reduce_mean = lambda x: x
sys.modules.update({'mmdet': real, 'mmdet.utils': utils})
import mmfsa.utils.mmpose

assert sys.modules['mmdet'] is real and sys.modules['mmdet.utils'] is utils
from mmpose.models.heads.hybrid_heads import rtmo_head

assert rtmo_head.reduce_mean is utils.reduce_mean
""")
