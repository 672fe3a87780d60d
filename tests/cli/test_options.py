"""How verbs name a model: an experiment file and a checkpoint, or a name of the zoo."""

import argparse
from pathlib import Path

import pytest

from mmfsa import zoo
from mmfsa.cli.options import add_model_arguments, named_model

CONFIG = zoo.config_dir() / 'fsa_caps_1x1_p1.py'


def named(*arguments):
    parser = argparse.ArgumentParser()
    add_model_arguments(parser, '*', 'files')
    return named_model(parser.parse_intermixed_args([*map(str, arguments)]), 'export')


def test_a_config_and_its_checkpoint():
    cfg, checkpoint, name, files = named(
        CONFIG, 'a.pth', '--flip-test', 'b.onnx', 'c.onnx'
    )
    assert Path(cfg.filename) == CONFIG
    assert checkpoint == Path('a.pth')
    assert name == 'fsa_caps_1x1_p1'
    assert files == [Path('b.onnx'), Path('c.onnx')]
    assert cfg.model.test_cfg.flip_test


def test_a_name_of_the_zoo_brings_its_weights():
    cfg, checkpoint, name, files = named('fsa_caps_1x1.synthetic', 'b.onnx')
    assert checkpoint.is_file()
    assert name == 'fsa_caps_1x1.synthetic'
    assert files == [Path('b.onnx')]
    assert 'test_cfg' not in cfg.model


def test_what_names_no_model():
    with pytest.raises(ValueError, match=r'fsa_caps_1x1_p1\.py needs a checkpoint'):
        named(CONFIG)
    with pytest.raises(FileNotFoundError, match=r'nowhere\.py'):
        named('nowhere.py', 'a.pth')
    with pytest.raises(
        ValueError, match='no weights of ssrnet_md: convert its authors'
    ):
        named('ssrnet_md')
    with pytest.raises(ValueError, match="there is no model 'resnet'"):
        named('resnet')
