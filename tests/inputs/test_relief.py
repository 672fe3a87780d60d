"""The relief of a face: the same at any distance, with holes where nothing is measured."""

import numpy as np
import pytest

from mmfsa.inputs import InputSpec, NoPixelError, crop_face, cut_relief
from mmfsa.inputs.relief import FACE, HOLE, STEP, relief_of, shows_a_head

BOX = (10, 10, 90, 90)
SPEC = InputSpec(
    size=40,
    modality='color+depth',
    crop=dict(box='landmarks68', pad=0, border='replicate'),
)


def bump(distance):
    """A bump of 60 mm before a wall that is 1 m farther."""
    rows, columns = np.indices((100, 100)) - 49.5
    high = 60 - (rows**2 + columns**2) / 20
    depth = np.where(high > -60, distance - high, distance + 1000)
    return np.rint(depth).astype(np.uint16)


def test_a_face_has_the_same_relief_at_any_distance():
    near, seen = relief_of(bump(600), BOX)
    far, _ = relief_of(bump(1800), BOX)
    np.testing.assert_array_equal(near, far)
    assert near[49, 49] == pytest.approx(FACE, abs=4 / STEP)  # the middle of the bump
    assert near[49, 19] == pytest.approx(near[49, 49] - 46.5 / STEP, abs=2 / STEP)
    assert not seen[0, 0] and near[0, 0] == HOLE  # the wall is too far away


def test_no_depth_has_no_relief():
    relief, seen = relief_of(np.zeros((100, 100)), BOX)
    assert not relief.any() and not seen.any()
    depth = bump(700)
    depth[40:60, 40:60] = 0  # a hole in the middle: all of the box counts
    assert relief_of(depth, BOX)[1].sum() > 1000


def test_what_is_measured_counts_alone():
    depth = bump(800)
    depth[::3] = 0
    relief = cut_relief(depth, SPEC, (10, 10, 90, 90))
    whole = cut_relief(bump(800), SPEC, (10, 10, 90, 90))
    both = (relief > 0) & (whole > 0)
    assert both.mean() > 0.3
    assert np.abs(relief[both].astype(int) - whole[both]).max() < 6


def test_beyond_the_map_are_holes():
    relief = cut_relief(bump(800), SPEC, (-40, 10, 40, 90))
    assert not relief[:, :19].any() and relief[20, 30] > 0
    with pytest.raises(NoPixelError):
        cut_relief(bump(800), SPEC, (200, 200, 240, 240))


def test_a_turned_relief():
    depth = bump(800)
    depth[:, :50] = 0
    upright = cut_relief(depth, SPEC, BOX)
    turned = cut_relief(depth, SPEC, BOX, turn=90)
    expected = np.rot90(upright, -1)
    assert (np.abs(turned.astype(int) - expected) <= 2).mean() > 0.95


def test_the_planes_of_a_crop():
    image = np.full((100, 100, 3), (10, 20, 30), np.uint8)
    depth = bump(800)
    for modality, planes in (('color', 3), ('depth', 1), ('color+depth', 4)):
        spec = SPEC.changed(modality=modality)
        crop = crop_face(image, BOX, spec, 'landmarks68', depth=depth)
        assert crop.image.shape == (40, 40, planes) and spec.planes == planes
        if planes != 1:
            assert crop.image[20, 20, :3].tolist() == [10, 20, 30]
        if planes != 3:
            expected = cut_relief(depth, spec, crop.box)
            np.testing.assert_array_equal(crop.image[..., -1], expected)
    clamp = SPEC.changed(crop=dict(border='clamp'))
    crop = crop_face(image, (-30, 10, 50, 90), clamp, 'landmarks68', depth=depth)
    assert crop.image.shape == (40, 40, 4)


def test_a_wall_is_no_head():
    assert shows_a_head(cut_relief(bump(800), SPEC, BOX))
    for depth in (np.zeros((100, 100)), np.full((100, 100), 900.0)):
        assert not shows_a_head(cut_relief(depth, SPEC, BOX))


def test_channels_and_planes():
    spec = InputSpec(
        color='grey', modality='color+depth', mean=[100, FACE], std=[50, 40]
    )
    assert (spec.channels, spec.planes) == (2, 4)
    assert InputSpec(modality='depth').channels == 1
    with pytest.raises(ValueError, match='mean must be 4 numbers'):
        InputSpec(modality='color+depth', mean=[1, 2, 3])
