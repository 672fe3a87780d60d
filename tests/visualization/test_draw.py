"""Axes, cubes, boxes and text are drawn where they belong."""

import numpy as np
import pytest

from mmfsa.visualization import draw_axes, draw_box, draw_cube, draw_text

SIDE, DOWN, FACING = 2, 1, 0  # drawn in red, green, blue: BGR channels
POSES = [
    ((0, 0, 0), SIDE, (1, 0)),
    ((0, 0, 0), DOWN, (0, 1)),
    ((90, 0, 0), FACING, (-1, 0)),  # looks to the image's left
    ((0, 60, 0), FACING, (0, -np.sin(np.pi / 3))),  # looks up
    ((0, 0, 30), SIDE, (np.cos(np.pi / 6), 0.5)),  # turned clockwise
]


def black(size=201):
    return np.zeros((size, size, 3), np.uint8)


def pixels(img, channel):
    """(x, y) of the pixels of one pure colour."""
    pure = (img[..., channel] > 200) & (np.delete(img, channel, axis=2).max(2) < 100)
    return np.argwhere(pure)[:, ::-1]


@pytest.mark.parametrize(('pose', 'channel', 'expected'), POSES)
def test_axes_point_where_the_face_does(pose, channel, expected):
    offset = pixels(draw_axes(black(), pose, size=60, thickness=1), channel) - 100.5
    tip = offset[np.argmax((offset**2).sum(axis=1))] / 60
    np.testing.assert_allclose(tip, expected, atol=0.05)


def test_centre_and_size_of_the_axes():
    img = draw_axes(black(100), (0, 0, 0), center=(20, 30), size=40)
    y, x = np.where(img.any(axis=2))
    assert (x.min() >= 17) and (y.min() >= 27)
    assert abs(x.max() - 60) <= 2 and abs(y.max() - 70) <= 2


@pytest.mark.parametrize(
    ('pose', 'towards'), [((30, 0, 0), (-1, 0)), ((0, 30, 0), (0, -1))]
)
def test_the_cubes_front_is_green_and_where_the_face_looks(pose, towards):
    img = draw_cube(black(), pose, (100, 100), 80, thickness=1)
    front, behind = (pixels(img, channel).mean(axis=0) for channel in (DOWN, SIDE))
    shift = front - behind
    assert shift @ towards > 0.9 * 80 * np.sin(np.radians(30))
    assert abs(shift @ towards[::-1]) < 5


def test_they_draw_on_the_image_and_return_it():
    for draw in (
        lambda img: draw_axes(img, np.array([20, 10, 5], np.float32)),
        lambda img: draw_cube(img, (20, 10, 5), (30, 30), 20),
        lambda img: draw_box(img, np.array([5, 5, 50, 50])),
        lambda img: draw_text(img, 'yaw', (10, 30), 0.5),
    ):
        img = black(64)
        assert draw(img) is img and img.any()


@pytest.mark.parametrize('start', [(-50, -50), (500, 500), (90, 50)])
def test_text_is_moved_into_the_image(start):
    img = draw_text(black(120), 'roll +9', start, 0.5)
    y, x = np.where(img.min(axis=2) > 200)
    assert np.ptp(x) > 45  # all of it
    assert x.min() > 0 and x.max() < 119 and y.min() > 0 and y.max() < 119


def test_a_box_beyond_the_image():
    img = draw_box(black(50), np.array([-20.4, 10, 80, 30]), 'label')
    assert img[10].any() and img[30].any()


def test_a_label_fits_into_a_small_image():
    img = np.zeros((64, 64, 3), np.uint8)
    draw_text(img, 'yaw +10 pitch -10 roll +10', (0, 40), 1)
    assert img.any()
    assert not img[:, -1].any() or not (img[:, -1] == 255).all(axis=1).any()
