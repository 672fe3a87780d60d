"""The sizes of networks, beside those that their papers print."""

import re

import pytest
from mmengine import Config
from torch import nn

from mmfsa.inputs import InputSpec
from mmfsa.models.size import measure_size
from mmfsa.registry import MODELS
from mmfsa.zoo import config_dir
from mmfsa.zoo.sizes import paper_megabytes, sizes


def test_the_papers_sizes_are_by_network():
    assert paper_megabytes('fsa_caps_wo') == 2.9
    assert paper_megabytes('ssrnet_md') == 1.1
    assert paper_megabytes('fsa_caps_1x1_6d') is None


class TinyModel(nn.Conv2d):
    """A single convolution, whose config has an input spec as an estimator's has."""

    def __init__(self, inputs):
        channels = InputSpec.from_dict(inputs).channels
        super().__init__(in_channels=channels, out_channels=4, kernel_size=1)


@pytest.fixture
def config(tmp_path, monkeypatch):
    """Writes an experiment of a single convolution, for crops of a size."""
    monkeypatch.setitem(MODELS.module_dict, 'TinyModel', TinyModel)

    def write(size, **inputs):
        inputs = dict(size=size, **inputs)
        cfg = Config(dict(model=dict(type='TinyModel', inputs=inputs)))
        cfg.dump(tmp_path / 'tiny_p1.py')
        return tmp_path / 'tiny_p1.py'

    return write


def test_parameters_and_work(config):
    model = Config.fromfile(config((64, 64))).model
    size = measure_size(model, (20, 30))
    assert size['parameters'] == 3 * 4 + 4
    assert size['multiply_adds'] == 3 * 4 * 20 * 30
    assert size['bytes'] > 4 * 16


def test_the_image_has_the_size_of_the_models_inputs(config):
    path = config((200, 100))
    assert re.search(r'tiny_p1 *\| 16 *\| 0.2 M', sizes([path]))
    assert re.search(r'tiny_p1 *\| 16 *\| 12.0 M', sizes([path], (1000, 1000)))


def test_a_grey_image_has_one_channel(config):
    model = Config.fromfile(config((64, 64), color='grey')).model
    assert measure_size(model, (20, 30))['multiply_adds'] == 1 * 4 * 20 * 30


def test_the_tool(run_tool):
    printed = run_tool(
        'analysis_tools/get_flops.py', config_dir() / 'fsa_caps_1x1_p1.py'
    )
    (row,) = (line for line in printed.splitlines() if 'fsa_caps_1x1_p1' in line)
    cells = [cell.strip() for cell in row.strip('|').split('|')]
    assert cells == ['fsa_caps_1x1_p1', '236,615', '14.8 M', '1.01', '1.1']
    reported = run_tool('analysis_tools/get_flops.py', 'none.py', fails=True)
    assert reported.startswith('error:') and 'none.py' in reported
