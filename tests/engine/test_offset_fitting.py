"""tools/model_converters/fit_offset.py on white squares in the place of faces."""

from functools import partial

import cv2
import numpy as np
import pytest
import torch

from mmfsa.engine import load_checkpoint, save_checkpoint
from mmfsa.engine.offset_fitting import fit_offset
from mmfsa.inputs import Crop
from mmfsa.registry import MODELS
from mmfsa.utils.files import write_json
from mmfsa.utils.images import write_image
from mmfsa.zoo import get_config


@pytest.fixture
def squares(tmp_path):
    """A data set of 200 images, a square in each."""
    chance = np.random.default_rng(0)
    (tmp_path / 'images').mkdir()
    faces = []
    for i in range(200):
        image = np.zeros((120, 120, 3), np.uint8)
        x, y = chance.integers(35, 45, 2).tolist()
        side = chance.integers(34, 46)
        cv2.rectangle(image, (x, y), (x + side - 1, y + side - 1), (255,) * 3, -1)
        write_image(image, tmp_path / f'images/{i}.png')
        box = [int(v) for v in (x, y, x + side, y + side)]
        pose = dict(yaw=0.0, pitch=0.0, roll=0.0)
        faces.append(dict(img_path=f'images/{i}.png', face_box=box, **pose))
    metainfo = dict(dataset='squares', box_kind='landmarks68')
    write_json(dict(metainfo=metainfo, data_list=faces), tmp_path / 'index.json')
    return tmp_path


@pytest.fixture
def checkpoint(tmp_path):
    torch.manual_seed(0)
    model = MODELS.build(get_config('nano').model)
    save_checkpoint(dict(state_dict=model.state_dict(), meta={}), tmp_path / 'a.pth')
    return tmp_path / 'a.pth'


def test_the_layer_says_how_far_the_crop_is_off(squares, checkpoint, run_tool):
    out = checkpoint.with_name('b.pth')
    run = partial(run_tool, 'model_converters/fit_offset.py', 'nano')
    said = run(checkpoint, out, '--data-root', squares)
    words = said.split('in size: ')[1].splitlines()[0]
    before, left = (
        np.array([float(v) for v in part.split(', ')])
        for part in words.split('; left: ')
    )
    assert (before > 0.01).all() and (left < before / 2).all()
    old, new = (load_checkpoint(path)['state_dict'] for path in (checkpoint, out))
    for name, value in new.items():
        assert name.startswith('head.offset') or torch.equal(value, old[name])


def test_a_head_without_an_offset(squares, checkpoint):
    model = MODELS.build(get_config('nano_start').model)
    state = dict(state_dict=model.state_dict(), meta={})
    save_checkpoint(state, checkpoint)
    with pytest.raises(ValueError, match='the head has no offset'):
        fit_offset('nano_start', checkpoint, checkpoint.with_name('b.pth'), squares)


def test_an_offset_leads_from_one_crop_to_the_other():
    off, right = Crop(None, (20, 30, 120, 130)), Crop(None, (30, 22, 140, 132))
    offset = off.offset_to(right.box)
    np.testing.assert_allclose(offset, [0.15, -0.03, np.log(1.1)])
    assert off.moved(offset) == right.box
    assert off.moved([9, 0, 0]) == (45, 30, 145, 130)  # never farther
