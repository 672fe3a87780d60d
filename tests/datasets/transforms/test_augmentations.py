"""What every augmentation promises, then what each one does."""

import cv2
import numpy as np
import pytest

from mmfsa.datasets import transforms
from mmfsa.datasets.transforms import (
    Blur,
    ColorJitter,
    CutEdge,
    DepthNoise,
    HideEars,
    JPEGCompress,
    MirrorFace,
    Occlude,
    RandomCropPaste,
    RandomZoom,
    RotateInPlane,
    Sharpen,
)
from mmfsa.datasets.transforms.base import RandomTransform
from mmfsa.structures import geodesic_distance, pose_to_matrix

CLASSES = [getattr(transforms, name) for name in transforms.__all__]
# DepthNoise changes the relief alone: test_modalities.py.
AUGMENTATIONS = [
    c for c in CLASSES if issubclass(c, RandomTransform) and c is not DepthNoise
]
POSE = np.array([40.0, -15.0, 10.0], np.float32)


def face():
    """A smooth colour image of values within 60 to 200."""
    noise = np.random.RandomState(0).randint(60, 200, (8, 8, 3), np.uint8)
    return cv2.resize(noise, (64, 64), interpolation=cv2.INTER_LINEAR)


def apply(transform, img=None, pose=POSE, **results):
    img = face() if img is None else img
    return transform({'img': img, 'gt_pose': pose, **results})


@pytest.mark.parametrize('cls', AUGMENTATIONS)
class TestEvery:
    def test_keeps_shape_and_types_and_does_not_write_to_its_input(self, cls):
        np.random.seed(0)
        img, pose = face(), POSE.copy()
        for _ in range(20):
            result = apply(cls(prob=1.0), img, pose)
            assert result['img'].shape == img.shape
            assert result['img'].dtype == np.uint8
            assert result['gt_pose'].shape == (3,)
            assert result['gt_pose'].dtype == np.float32
        np.testing.assert_array_equal(img, face())
        np.testing.assert_array_equal(pose, POSE)

    def test_follows_numpys_seed(self, cls):
        def run(seed):
            np.random.seed(seed)
            return [apply(cls(prob=0.7))['img'] for _ in range(10)]

        np.testing.assert_array_equal(run(1), run(1))
        if cls is not MirrorFace:
            assert not np.array_equal(run(1), run(2))

    def test_happens_as_often_as_prob_says(self, cls):
        np.random.seed(0)
        img, transform = face(), cls(prob=0.3)
        changed = [apply(transform, img)['img'] is not img for _ in range(1000)]
        assert 0.25 < np.mean(changed) < 0.35
        assert apply(cls(prob=0.0), img)['img'] is img

    def test_prob_is_checked(self, cls):
        with pytest.raises(ValueError, match='prob'):
            cls(prob=1.5)


@pytest.mark.parametrize(
    ('cls', 'kwargs'),
    [
        (RandomCropPaste, dict(max_cut=0)),
        (RandomZoom, dict(scale=(1.2, 0.8))),
        (RotateInPlane, dict(max_angle=0)),
        (ColorJitter, dict(contrast=(-0.1, 1))),
        (Blur, dict(sigma=(0, 1))),
        (JPEGCompress, dict(quality=(0, 101))),
        (Occlude, dict(size=(0.2, 1.2))),
        (CutEdge, dict(size=(0.2, 0.6))),
        (Sharpen, dict(factor=(0.5, 2))),
    ],
)
def test_settings_are_checked(cls, kwargs):
    with pytest.raises(ValueError, match=next(iter(kwargs))):
        cls(**kwargs)


def test_crop_paste_has_the_authors_four_outcomes():
    np.random.seed(0)
    img, transform = face(), RandomCropPaste()
    outcomes = {'nothing': 0, 'resized': 0, 'black': 0, 'white': 0}
    cuts = set()
    for _ in range(4000):
        result = apply(transform, img)['img']
        if result is img:
            outcomes['nothing'] += 1
            continue
        for name, value in (('black', 0), ('white', 255)):
            covered = (result == value).all(axis=2)
            if covered.any():
                outcomes[name] += 1
                height = (~covered.all(axis=1)).sum()
                width = (~covered.all(axis=0)).sum()
                assert height == width
                cuts.add(64 - int(height))
                break
        else:
            outcomes['resized'] += 1
    # Bicubic overshoot stays clear of 0 and 255 on this image.
    assert all(900 < count < 1100 for count in outcomes.values()), outcomes
    assert cuts == set(range(1, 16))


def test_crop_paste_pastes_a_window_of_the_image_somewhere_else():
    np.random.seed(0)
    img, offsets = face(), set()
    for _ in range(300):
        result = apply(RandomCropPaste(prob=1.0), img)['img']
        covered = (result == 0).all(axis=2)
        if not covered.any():
            continue
        rows, columns = np.where(~covered)
        y, x = rows.min(), columns.min()
        window = result[y : rows.max() + 1, x : columns.max() + 1]
        match = cv2.matchTemplate(img, window, cv2.TM_SQDIFF)
        _, _, (from_x, from_y), _ = cv2.minMaxLoc(match)
        np.testing.assert_array_equal(
            img[from_y : from_y + len(window), from_x : from_x + len(window)], window
        )
        offsets.add((int(y) - from_y, int(x) - from_x))
    assert len(offsets) > 30


def test_zoom_covers_its_range_in_both_axes_apart():
    np.random.seed(0)
    ramp_x, ramp_y = np.meshgrid(np.arange(64) * 2 + 50, np.arange(64) * 2 + 50)
    img = np.stack([ramp_x, ramp_y, ramp_x], axis=-1).astype(np.uint8)
    steps = []
    for _ in range(500):
        result = apply(RandomZoom(prob=1.0), img)['img'].astype(float)
        # The ramps' slopes around the centre are the factors, and the centre stays.
        steps.append(
            [
                (result[32, 48, 0] - result[32, 16, 0]) / 64,
                (result[48, 32, 1] - result[16, 32, 1]) / 64,
            ]
        )
        assert abs(result[31:33, 31:33, :2].mean() - 113) < 1.1
    steps = np.array(steps)
    assert (steps.min(0) < 0.83).all() and (steps.max(0) > 1.17).all()
    assert (steps > 0.78).all() and (steps < 1.22).all()
    assert abs(np.corrcoef(steps.T)[0, 1]) < 0.2


def test_zoom_repeats_the_edge():
    img = np.full((64, 64, 3), 90, np.uint8)
    np.testing.assert_array_equal(
        apply(RandomZoom(scale=(1.5, 1.5), prob=1.0), img)['img'], img
    )


def test_mirror_twice_is_the_identity():
    once = apply(MirrorFace(prob=1.0))
    np.testing.assert_array_equal(once['img'], face()[:, ::-1])
    np.testing.assert_array_equal(once['gt_pose'], [-40, -15, -10])
    twice = apply(MirrorFace(prob=1.0), once['img'], once['gt_pose'])
    np.testing.assert_array_equal(twice['img'], face())
    np.testing.assert_array_equal(twice['gt_pose'], POSE)


def blob(x, y):
    img = np.zeros((64, 64, 3), np.uint8)
    cv2.circle(img, (x, y), 3, (255, 255, 255), -1)
    return img


def centre_of(img):
    weights = img[..., 0].astype(float)
    y, x = np.mgrid[:64, :64]
    return np.array([(x * weights).sum(), (y * weights).sum()]) / weights.sum()


@pytest.mark.parametrize('crop_box', [None, (0, 0, 100, 100), (10, 20, 60, 120)])
def test_rotation_turns_the_image_as_it_turns_the_head(crop_box):
    # The line from the crop's centre to a blob on it, and a head that rolls like it.
    results = {} if crop_box is None else {'crop_box': crop_box}
    x1, y1, x2, y2 = crop_box or (0, 0, 64, 64)
    pixel = np.array([x2 - x1, y2 - y1]) / 64
    np.random.seed(1)
    for _ in range(10):
        result = apply(
            RotateInPlane(max_angle=60, prob=1.0),
            blob(44, 31),
            np.zeros(3, np.float32),
            **results,
        )
        x, y = (centre_of(result['img']) - 31.5) * pixel
        blob_at = np.degrees(np.arctan2(y, x))
        before = np.degrees(np.arctan2(-0.5 * pixel[1], 12.5 * pixel[0]))
        assert abs(result['gt_pose'][2] - (blob_at - before)) < 1.5
        np.testing.assert_allclose(result['gt_pose'][:2], 0, atol=1e-5)


def test_rotation_is_not_an_addition_to_the_roll():
    np.random.seed(0)
    turned = apply(RotateInPlane(max_angle=30, prob=1.0))['gt_pose']
    before, after = pose_to_matrix(POSE), pose_to_matrix(turned)
    angle = geodesic_distance(before, after)
    turn = after @ before.T
    np.testing.assert_allclose(turn[2], [0, 0, 1], atol=1e-5)
    assert 1 < angle <= 30
    assert abs(turned[0] - POSE[0]) > 0.5


def test_colour_jitter_of_one_kind_at_a_time():
    still = dict(brightness=(1, 1), contrast=(1, 1), saturation=(1, 1), tint=(1, 1))

    def jitter(**changed):
        return apply(ColorJitter(**{**still, **changed}, prob=1.0))['img'].astype(float)

    img = face().astype(float)
    np.testing.assert_allclose(jitter(), img, atol=1)
    np.testing.assert_allclose(jitter(brightness=(0.5, 0.5)), img / 2, atol=1)
    grey = jitter(saturation=(0, 0))
    assert np.ptp(grey, axis=2).max() <= 1
    np.testing.assert_allclose(
        grey[..., 0], cv2.cvtColor(face(), cv2.COLOR_BGR2GRAY), atol=1.5
    )
    flat = jitter(contrast=(0, 0))
    assert np.ptp(flat) <= 1 and abs(flat.mean() - grey.mean()) < 1
    gains = jitter(tint=(0.8, 1.1)).mean((0, 1)) / img.mean((0, 1))
    assert (gains > 0.78).all() and (gains < 1.12).all() and np.ptp(gains) > 0.01


def test_colour_jitter_saturates():
    bright = apply(ColorJitter(brightness=(3, 3), prob=1.0))['img']
    assert bright.max() == 255


def test_blur_and_jpeg_lose_detail_only():
    noise = np.random.RandomState(0).randint(0, 256, (64, 64, 3), np.uint8)
    blurred = apply(Blur(sigma=(1.5, 1.5), prob=1.0), noise)['img']
    assert blurred.std() < noise.std() / 2
    assert abs(blurred.mean() - noise.mean()) < 2
    good, bad = (
        np.abs(apply(JPEGCompress((q, q), prob=1.0))['img'].astype(float) - face())
        for q in (100, 5)
    )
    assert good.mean() < 2 < bad.mean() < 30


def test_occlusion_is_one_rectangle_of_one_colour():
    np.random.seed(0)
    img = face()
    for _ in range(50):
        result = apply(Occlude(size=(0.25, 0.5), prob=1.0), img)['img']
        rows, columns = np.where((result != img).any(axis=2))
        height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
        patch = result[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        assert len(np.unique(patch.reshape(-1, 3), axis=0)) == 1
        assert 15 <= height <= 32 and 15 <= width <= 32


def test_sharpening_undoes_some_blur():
    noise = np.random.RandomState(0).randint(60, 200, (64, 64, 3), np.uint8)
    blurred = cv2.GaussianBlur(noise, (0, 0), 1)
    sharp = apply(Sharpen(factor=(3, 3), prob=1.0), blurred)['img']
    assert sharp.std() > 1.2 * blurred.std()
    assert abs(sharp.mean() - blurred.mean()) < 1
    apart = [np.abs(img.astype(float) - noise).mean() for img in (sharp, blurred)]
    assert apart[0] < apart[1]


def test_a_cut_edge_is_black_on_one_or_two_sides():
    np.random.seed(0)
    counts = set()
    for _ in range(100):
        black = (apply(CutEdge(size=(0.1, 0.2), prob=1.0))['img'] == 0).all(axis=2)
        rows, columns = np.where(~black)
        ends = np.array(
            [rows.min(), 63 - rows.max(), columns.min(), 63 - columns.max()]
        )
        assert not black[
            rows.min() : rows.max() + 1, columns.min() : columns.max() + 1
        ].any()
        assert all(6 <= end <= 13 for end in ends[ends > 0])
        counts.add(int((ends > 0).sum()))
    assert counts == {1, 2}


def test_hidden_ears_leave_a_narrower_box():
    points = np.zeros((68, 2), np.float32)
    points[[0, 16], 0] = -10, 10  # ears
    points[[17, 26], 0] = -6, 7  # the brows' ends
    points[[8, 19], 1] = 9, -4  # chin and a brow
    np.random.seed(0)
    boxes = {
        tuple(apply(HideEars(0.5), landmarks=points)['boxes']['visible'])
        for _ in range(50)
    }
    assert boxes == {(left, -4, right, 9) for left in (-10, -6) for right in (7, 10)}


def test_hiding_ears_without_landmarks_says_so():
    for landmarks in ({}, {'landmarks': np.zeros((21, 2))}):
        with pytest.raises(ValueError, match=r'a\.jpg: HideEars needs 68 landmarks'):
            apply(HideEars(), img_path='a.jpg', **landmarks)
