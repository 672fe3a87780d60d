"""The follower's views are labelled where the faces are, and what learned is exported."""

import cv2
import numpy as np
import pytest
import torch

from mmfsa.engine import follower_training
from mmfsa.engine.follower_training import (
    AWAY,
    COVERED,
    FAR,
    NEAR,
    SHARES,
    Heads,
    draw_views,
    export_follower,
    score_follower,
    train_follower,
)
from mmfsa.models.box_network import SIZE
from mmfsa.tracking.box_tracker import BoxTracker


@pytest.fixture(scope='module')
def heads():
    """White boxes on black, in place of faces."""
    chance = np.random.default_rng(0)
    images, boxes = [], []
    for _ in range(64):
        image = np.zeros((96, 96), np.uint8)
        x, y = chance.integers(30, 38, 2).tolist()
        width, height = chance.integers(28, 36, 2).tolist()
        cv2.rectangle(image, (x, y), (x + width - 1, y + height - 1), 255, -1)
        images.append(image)
        boxes.append([x, y, x + width, y + height])
    return Heads(torch.from_numpy(np.stack(images)), torch.tensor(boxes).float())


@pytest.mark.parametrize('kind', [NEAR, FAR])
def test_labels_are_where_the_faces_are(heads, kind, monkeypatch):
    monkeypatch.setattr(follower_training, '_spoil', lambda pixels: pixels)
    monkeypatch.setattr(follower_training, '_cover', lambda pixels, *_: pixels)
    torch.manual_seed(0)
    rows = torch.arange(64)
    views = draw_views(heads, rows, torch.full_like(rows, kind))
    assert views.pixels.shape == (64, SIZE, SIZE) and views.face.eq(1).all()
    for pixels, box in zip(views.pixels, views.boxes, strict=True):
        bright = pixels > 127
        columns, lines = (torch.where(bright.any(axis))[0] for axis in (0, 1))
        found = (
            torch.stack([columns[0], lines[0], columns[-1] + 1, lines[-1] + 1]) / SIZE
            - 0.5
        )
        inside = box.abs() < 0.5  # a face may reach beyond its view
        assert (found - box)[inside].abs().max() < 0.03


def test_what_is_away_or_covered_is_no_face(heads):
    torch.manual_seed(0)
    rows = torch.arange(64)
    for kind in (AWAY, COVERED):
        assert draw_views(heads, rows, torch.full_like(rows, kind)).face.eq(0).all()
    away = draw_views(heads, rows, torch.full_like(rows, AWAY)).boxes
    side = (away[:, 2:] - away[:, :2]).mean(1)
    middle = ((away[:, :2] + away[:, 2:]) / 2).abs().amax(1)
    assert (middle / side).min() > 0.8
    assert sum(SHARES) == pytest.approx(1)


def test_it_learns_and_its_file_follows(heads, tmp_path):
    network = train_follower(heads, steps=40)
    untrained = train_follower(heads, steps=1)
    after, before = (score_follower(one, heads) for one in (network, untrained))
    assert after['near'] > before['near'] + 0.05
    path = tmp_path / 'follower.onnx'
    assert export_follower(network, path) < 1e-4
    image = np.zeros((200, 200, 3), np.uint8)
    boxes, scores = BoxTracker(path)._see(image, np.float32([[50, 50, 90, 90]]))
    assert boxes.shape == (1, 4) and scores.shape == (1,)


def test_a_file_that_computes_something_else_gets_no_name(heads, tmp_path, monkeypatch):
    monkeypatch.setattr(follower_training, '_deviation', lambda *_: 0.5)
    with pytest.raises(ValueError, match=r'0\.5 sides of a view off'):
        export_follower(train_follower(heads, steps=1), tmp_path / 'a.onnx')
    assert not [*tmp_path.iterdir()]
