"""The model that several tools take."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

import torch.nn as nn
from mmengine import Config

from mmfsa.engine import load_weights
from mmfsa.registry import MODELS


def add_model_arguments(parser: ArgumentParser) -> None:
    """A model and its weights."""
    parser.add_argument('config', help='the experiment file')
    parser.add_argument('checkpoint', type=Path)
    parser.add_argument(
        '--flip-test',
        action='store_true',
        help="the mean of what is seen in a face and in its mirror image: the config's "
        'model.test_cfg.flip_test',
    )
    parser.add_argument(
        '--trust-checkpoint',
        action='store_true',
        help='load a checkpoint that needs pickle, which can run any code in it',
    )


def load_model(args: Namespace) -> tuple[Config, nn.Module]:
    """The config and the model, with its weights, that the command line names."""
    cfg = Config.fromfile(args.config)
    if args.flip_test:
        cfg.model.test_cfg = dict(flip_test=True)
    model = MODELS.build(cfg.model)
    load_weights(model, args.checkpoint, args.trust_checkpoint)
    return cfg, model.eval()
