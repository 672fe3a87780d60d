import numpy as np
import pytest

from mmfsa.visualization import draw_axes

SIDE, DOWN, FACING = 2, 1, 0  # drawn in red, green, blue: BGR channels


def tip(pose, channel):
    """Where the drawn axis is farthest from the centre, in sizes of an axis."""
    img = draw_axes(np.zeros((201, 201, 3), np.uint8), pose, size=60, thickness=1)
    pure = (img[..., channel] > 200) & (np.delete(img, channel, axis=2).max(2) < 100)
    y, x = np.where(pure)
    at = np.argmax((x - 100.5) ** 2 + (y - 100.5) ** 2)
    return (x[at] - 100.5) / 60, (y[at] - 100.5) / 60


@pytest.mark.parametrize(
    ('pose', 'channel', 'expected'),
    [
        ((0, 0, 0), SIDE, (1, 0)),
        ((0, 0, 0), DOWN, (0, 1)),
        ((90, 0, 0), FACING, (-1, 0)),  # looks to the image's left
        ((0, 60, 0), FACING, (0, -np.sin(np.pi / 3))),  # looks up
        ((0, 0, 30), SIDE, (np.cos(np.pi / 6), 0.5)),  # turned clockwise
    ],
)
def test_axes_point_where_the_face_does(pose, channel, expected):
    np.testing.assert_allclose(tip(pose, channel), expected, atol=0.05)


def test_draws_on_the_image_that_it_gets():
    img = np.zeros((64, 64, 3), np.uint8)
    assert draw_axes(img, np.array([20, 10, 5], np.float32)) is img
    assert img.any()


def test_centre_and_size():
    img = draw_axes(
        np.zeros((100, 100, 3), np.uint8), (0, 0, 0), center=(20, 30), size=40
    )
    y, x = np.where(img.any(axis=2))
    assert (x.min() >= 17) and (y.min() >= 27)
    assert abs(x.max() - 60) <= 2 and abs(y.max() - 70) <= 2
