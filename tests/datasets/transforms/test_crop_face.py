import cv2
import numpy as np
import pytest

from mmfsa.datasets.transforms import CropFace, RandomCrop
from mmfsa.registry import TRANSFORMS

IMAGE = np.random.RandomState(0).randint(0, 256, (100, 120, 3), np.uint8)
BOX = [50, 40, 80, 70]


def crop(box=BOX, img=IMAGE, **kwargs):
    return CropFace(**kwargs)({'img': img, 'face_box': box})


def authors_crop(img, x, y):
    """The released recipe for 300W-LP and AFLW2000, from its landmarks on."""
    x_min, x_max, y_min, y_max = int(min(x)), int(max(x)), int(min(y)), int(max(y))
    h, w = y_max - y_min, x_max - x_min
    x_min = max(int(x_min - 0.6 * w), 0)
    x_max = min(int(x_max + 0.6 * w), img.shape[1] - 1)
    y_min = max(int(y_min - 0.6 * h), 0)
    y_max = min(int(y_max + 0.6 * h), img.shape[0] - 1)
    return cv2.resize(img[y_min:y_max, x_min:x_max], (64, 64))


@pytest.mark.parametrize(
    ('folder', 'num'), [('AFLW2000', 500), ('300W_LP', 9)], ids=['AFLW2000', '300W-LP']
)
def test_equals_the_authors_crop_bit_for_bit(shared, folder, num):
    from scipy.io import loadmat

    paths = sorted((shared / 'data' / folder).rglob('*.mat'))
    assert len(paths) == num
    transform = CropFace()
    for path in paths:
        img = cv2.imread(str(path.with_suffix('.jpg')))
        x, y = loadmat(path)['pt2d']
        seen = y > 0 if (x > 0).sum() > (y > 0).sum() else x > 0
        x, y = x[seen], y[seen]
        box = [x.min(), y.min(), x.max(), y.max()]
        result = transform({'img': img, 'face_box': box})
        np.testing.assert_array_equal(result['img'], authors_crop(img, x, y))


def test_biwi_rule():
    x1, y1, x2, y2 = 50 - 12, 40 - 12, 80 + 12, 70 + 12
    expected = cv2.resize(IMAGE[y1 : y2 + 1, x1 : x2 + 1], (64, 64))
    result = crop(pad=0.4, inclusive=True)
    np.testing.assert_array_equal(result['img'], expected)
    assert result['crop_box'] == (x1, y1, x2 + 1, y2 + 1)
    assert result['img_shape'] == (64, 64)


@pytest.mark.parametrize('inclusive', [False, True])
def test_clamps_to_the_last_pixel(inclusive):
    result = crop([90, 60, 119, 99], inclusive=inclusive)
    assert result['crop_box'][2:] == (119 + inclusive, 99 + inclusive)


def test_size_is_width_and_height():
    assert crop(size=(32, 48))['img'].shape == (48, 32, 3)


def test_square_keeps_centre_and_aspect():
    x1, y1, x2, y2 = crop([50, 30, 70, 60], square=True, pad=0.2)['crop_box']
    assert x2 - x1 == y2 - y1 == 42
    assert ((x1 + x2) / 2, (y1 + y2) / 2) == (60, 45)


@pytest.mark.parametrize(
    ('border', 'left_of_image'),
    [
        ('replicate', lambda row: np.repeat(row[:1], 20, axis=0)),
        ('reflect', lambda row: row[20:0:-1]),
        ('constant', lambda _: np.zeros((20, 3))),
    ],
)
def test_border_beyond_the_image(border, left_of_image):
    result = crop([0, 20, 40, 60], border=border, pad=0.5, size=(80, 80))
    assert result['crop_box'] == (-20, 0, 60, 80)
    np.testing.assert_array_equal(result['img'][:, 20:], IMAGE[:80, :60])
    np.testing.assert_array_equal(result['img'][7, :20], left_of_image(IMAGE[7]))


def test_border_loses_no_pixel_of_the_image():
    result = crop([60, 50, 120, 100], border='constant', pad=0.0, size=(60, 50))
    np.testing.assert_array_equal(result['img'], IMAGE[50:100, 60:120])


def test_jitter_stays_in_its_range_and_follows_the_seed():
    def boxes():
        np.random.seed(3)
        transform = CropFace(pad=(0.3, 0.8), shift=0.2, border='replicate')
        return np.array(
            [
                transform({'img': IMAGE, 'face_box': [40, 30, 80, 70]})['crop_box']
                for _ in range(300)
            ]
        )

    drawn = boxes()
    np.testing.assert_array_equal(drawn, boxes())
    pad = ((drawn[:, 2] - drawn[:, 0]) / 40 - 1) / 2
    shift = ((drawn[:, 0] + drawn[:, 2]) / 2 - 60) / 40
    assert 0.28 < pad.min() < 0.35 and 0.75 < pad.max() < 0.82
    assert -0.22 < shift.min() < -0.17 and 0.17 < shift.max() < 0.22
    # One pad is drawn for both axes: only rounding can tell their sides apart.
    assert np.abs(drawn[:, 3] - drawn[:, 1] - drawn[:, 2] + drawn[:, 0]).max() <= 2


def test_aspect_changes_the_width_about_its_middle():
    sample = {'img': IMAGE, 'face_box': [40, 30, 80, 70]}
    plain = CropFace(pad=0.5, border='replicate')(dict(sample))['crop_box']
    narrow = CropFace(pad=0.5, border='replicate', aspect=(0.5, 0.5))
    assert plain == (20, 10, 100, 90)
    assert narrow(dict(sample))['crop_box'] == (40, 10, 80, 90)
    np.random.seed(0)
    wide = CropFace(pad=0.5, border='replicate', aspect=(0.5, 1.2))
    boxes = np.array([wide(dict(sample))['crop_box'] for _ in range(300)])
    widths = boxes[:, 2] - boxes[:, 0]
    assert 40 <= widths.min() < 45 and 91 < widths.max() <= 96
    assert np.abs(boxes[:, 0] + boxes[:, 2] - 120).max() <= 1
    np.testing.assert_array_equal(boxes[:, [1, 3]], [[10, 90]] * 300)


def test_box_beyond_the_image_is_named():
    sample = {'img': IMAGE, 'face_box': [300, 40, 330, 70], 'img_path': 'a/b.jpg'}
    with pytest.raises(ValueError, match=r'a/b.jpg.*\[300, 40, 330, 70\].*120x100'):
        CropFace()(sample)


@pytest.mark.parametrize(
    'kwargs',
    [
        dict(pad=-0.6),
        dict(pad=(0.8, 0.3)),
        dict(pad=(0.1, 0.2, 0.3)),
        dict(shift=1.0),
        dict(shift=-0.1),
        dict(aspect=(0, 1)),
        dict(border='wrap'),
        dict(size=(0, 64)),
        dict(size=(64, 64, 3)),
    ],
)
def test_bad_setting(kwargs):
    with pytest.raises(ValueError, match=next(iter(kwargs))):
        CropFace(**kwargs)


def test_rule_tells_what_differs():
    rules = {
        CropFace(**kwargs).rule
        for kwargs in (
            {},
            dict(pad=0.4),
            dict(inclusive=True),
            dict(square=True),
            dict(border='reflect'),
            dict(size=(32, 32)),
            dict(pad=(0.3, 0.8)),
            dict(shift=0.1),
            dict(aspect=(0.5, 1.2)),
        )
    }
    assert len(rules) == 9


def test_is_registered():
    assert isinstance(TRANSFORMS.build(dict(type='CropFace')), CropFace)


def test_the_padding_of_all_sides_times_one_number():
    """Hopenet trains with k of 0.2 to 0.4: a box of 30 pixels grows by 0.6k to 2k."""
    rule = dict(pad=(0.12, 0.4, 0.12, 0.12), border='replicate')
    boxes = np.array([crop(**rule, times=(1, 2))['crop_box'] for _ in range(200)])
    above, left = 40 - boxes[:, 1], 50 - boxes[:, 0]
    assert above.min() in (12, 13)
    assert above.max() == 24
    assert np.abs(left - 0.3 * above).max() <= 1
    assert 'padding times 1 to 2' in crop(**rule, times=(1, 2))['crop_rule']
    with pytest.raises(ValueError, match='one of pad, more and times'):
        CropFace(more=(0, 1), times=(1, 2))


def test_a_window_is_drawn_from_the_whole_crop():
    img = np.arange(12 * 10 * 3, dtype=np.uint8).reshape(12, 10, 3)
    drawn = [RandomCrop((8, 9))({'img': img})['img'] for _ in range(200)]
    assert {window.shape for window in drawn} == {(9, 8, 3)}
    starts = {int(window[0, 0, 0]) for window in drawn}
    expected = {int(img[y, x, 0]) for y in range(4) for x in range(3)}
    assert starts == expected
    with pytest.raises(ValueError, match=r'cuts 11 pixels out of a crop of 10'):
        RandomCrop(11)({'img': img})
