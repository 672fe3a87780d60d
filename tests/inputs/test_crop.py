"""A face is cut as its network's training cut it, or filled, or turned."""

import cv2
import numpy as np
import pytest

from mmfsa.inputs import CropRule, InputSpec, NoPixelError, crop_face, cut
from mmfsa.inputs.crop import turn_of

SPEC = InputSpec()


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (220, 330, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ('box', 'border'),
    [
        ((100, 60, 200, 160), 'clamp'),
        ((40, 60, 140, 160), 'clamp'),  # a crop of 220 loses 20 pixels
        ((20, 60, 120, 160), 'replicate'),  # 40
        ((100, 90, 200, 190), 'clamp'),  # 30
        ((100, 100, 200, 200), 'replicate'),  # 40
        ((290, 180, 390, 280), 'replicate'),
    ],
)
def test_is_cut_as_in_training_or_filled(image, box, border):
    spec = SPEC.changed(crop=dict(border=border))
    expected, expected_box = cut(image, spec, spec.box(box, (330, 220)))
    crop = crop_face(image, np.array(box, dtype=float), SPEC, 'visible')
    assert (crop.image == expected).all()
    assert crop.box == expected_box and crop.turn == 0


def test_a_picture_that_is_the_crop_is_taken_as_it_is(image):
    crop = image[:64, :64]
    assert (crop_face(crop, (0, 0, 63, 63), SPEC, 'crop').image == crop).all()
    tiny = crop_face(crop[:1, :1], np.zeros(4), SPEC, 'crop')
    assert tiny.image.shape == (64, 64, 3)


def test_a_face_beyond_the_image_has_no_pixel(image):
    with pytest.raises(NoPixelError, match='no pixel in the image of 330x220'):
        crop_face(image, (900, 60, 950, 120), SPEC, 'visible')


@pytest.mark.parametrize('interpolation', ['bilinear', 'bicubic', 'area', 'nearest'])
def test_the_spec_says_how_to_resize(image, interpolation):
    spec = InputSpec(size=(20, 10), interpolation=interpolation)
    flag = getattr(
        cv2,
        f'INTER_{interpolation.upper()}'.replace('BILINEAR', 'LINEAR').replace(
            'BICUBIC', 'CUBIC'
        ),
    )
    left, top, right, bottom = spec.box((100, 60, 200, 160), (330, 220))
    expected = cv2.resize(image[top:bottom, left:right], (20, 10), interpolation=flag)
    crop = crop_face(image, (100, 60, 200, 160), spec)
    assert (crop.image == expected).all()


def test_each_pixel_of_a_supersampled_crop_is_the_mean_of_four(image):
    spec = InputSpec(size=(20, 10), interpolation='supersampled')
    fine = crop_face(image, (100, 60, 200, 160), InputSpec(size=(40, 20))).image
    expected = fine.reshape(10, 2, 20, 2, 3).mean(axis=(1, 3))
    crop = crop_face(image, (100, 60, 200, 160), spec).image
    assert np.abs(crop - expected).max() <= 0.5
    # A crop of the network's size stays as it is.
    same, _ = cut(image[:10, :20], spec, (0, 0, 20, 10))
    assert (same == image[:10, :20]).all()


def test_eyes_are_made_level():
    """A picture turned by 30° is turned back: what is cut is the upright picture."""
    upright = np.zeros((200, 200, 3), np.uint8)
    upright[90:96, 60:140] = 255  # a bar through both eyes
    turn = cv2.getRotationMatrix2D((99.5, 99.5), -30, 1)  # clockwise
    turned = cv2.warpAffine(upright, turn, (200, 200))
    eyes = np.array([[70.0, 93], [130, 93], [100, 110], [80, 130], [120, 130]])
    landmarks = eyes @ turn[:, :2].T + turn[:, 2]
    assert turn_of('eyes', landmarks) == pytest.approx(-30)
    assert turn_of('face', landmarks) == pytest.approx(-30)
    rule = CropRule(pad=0, align='eyes', border='constant')
    crop = crop_face(
        turned, (50, 50, 149, 149), InputSpec(100, crop=rule), landmarks=landmarks
    )
    assert crop.turn == pytest.approx(-30)
    rows = crop.image[..., 0].mean(axis=1)
    assert rows.argmax() in range(38, 48) and rows[rows < 200].size > 80


def test_a_profile_is_upright_by_its_mouth():
    """The eyes lie one behind the other, the far one a bit higher."""
    profile = np.array([[70.0, 93], [72, 91], [50, 110], [70, 133], [72, 132]])
    assert turn_of('eyes', profile) == pytest.approx(45)
    assert abs(turn_of('face', profile)) < 5


def test_level_eyes_need_landmarks(image):
    spec = InputSpec(crop=CropRule(align='eyes'))
    with pytest.raises(ValueError, match='5, 6 or 68 landmarks; there are 0'):
        crop_face(image, (100, 60, 200, 160), spec)


def test_a_crop_far_larger_than_its_image_is_refused(image):
    with pytest.raises(ValueError, match='far larger than the image of 330x220'):
        crop_face(image, (0, 0, 1e6, 1e6), SPEC)
