"""A widened network begins with what the narrow one has learned."""

import pytest
import torch

from mmfsa.engine import load_checkpoint, load_weights
from mmfsa.registry import MODELS
from mmfsa.zoo import config_dir, get_config

NANO = config_dir().parent / 'mmfsa/weights/nano.pth'
SMALL = config_dir() / 'recipes/small_start.py'


@pytest.fixture(scope='module')
def widened(run_tool, tmp_path_factory):
    path = tmp_path_factory.mktemp('widened') / 'small.pth'
    run_tool('model_converters/widen_checkpoint.py', SMALL, NANO, path)
    return path


@torch.no_grad()
def test_the_backbone_computes_what_it_did(widened):
    narrow = MODELS.build(get_config('nano').model).eval()
    load_weights(narrow, NANO)
    cfg = get_config('small').model.backbone
    wide = MODELS.build({**cfg, 'input_size': 64}).eval()  # where both see the same
    weights = load_checkpoint(widened)['state_dict']
    wide.load_state_dict(
        {
            key.removeprefix('backbone.'): value
            for key, value in weights.items()
            if key.startswith('backbone.')
        }
    )
    images = torch.rand(2, 3, 64, 64) * 255
    for found, expected in zip(wide(images), narrow.backbone(images), strict=True):
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_the_head_goes_on_and_the_mapping_begins_anew(widened):
    old, new = (load_checkpoint(path)['state_dict'] for path in (NANO, widened))
    assert torch.equal(new['head.p.0.weight'], old['head.p.0.weight'])
    assert new['neck.mapping.f_M.weight'].shape == (1500, 100)


def test_a_wider_network_does_not_become_a_narrow_one(run_tool, widened, tmp_path):
    nano = config_dir() / 'recipes/nano_start.py'
    message = run_tool(
        *('model_converters/widen_checkpoint.py', nano, widened, tmp_path / 'a.pth'),
        fails=True,
    )
    assert (
        'has no backbone.relu_stream.0.0.pointwise.weight that (16, 3, 1, 1)' in message
    )
