"""Photos, videos and weights, and the command to look at them."""

import cv2
import numpy as np
import pytest
import torch

from mmfsa.cli import main
from mmfsa.engine import save_checkpoint
from mmfsa.registry import MODELS
from mmfsa.zoo import get_config

MODEL = 'fsa-caps-1x1-p1'


@pytest.fixture(scope='session')
def checkpoint(tmp_path_factory):
    """Random weights of MODEL."""
    torch.manual_seed(0)
    model = MODELS.build(get_config(MODEL).model)
    path = tmp_path_factory.mktemp('weights') / 'random.pth'
    save_checkpoint(dict(state_dict=model.state_dict(), meta={}), path)
    return path


@pytest.fixture
def run(checkpoint, capsys):
    """Runs the command with random weights; returns its status and output lines."""

    def run(*args):
        options = [
            f'--model={MODEL}',
            f'--weights={checkpoint}',
            '--detector=none',
        ]
        status = main([args[0], *options, *map(str, args[1:])])
        captured = capsys.readouterr()
        return status, captured.out.splitlines(), captured.err

    return run


@pytest.fixture
def photos(tmp_path):
    """A folder with three photos of 64 x 64 pixels."""
    folder = tmp_path / 'photos'
    folder.mkdir()
    images = np.random.default_rng(1).integers(0, 256, (3, 4, 4, 3), np.uint8)
    for i, image in enumerate(images):
        cv2.imwrite(str(folder / f'{i}.png'), cv2.resize(image, (64, 64)))
    return folder
