"""The label of landmarks follows every step that moves the pixels of a crop."""

import cv2
import numpy as np
import pytest

from mmfsa.datasets.transforms import (
    CropFace,
    LandmarkLabel,
    MirrorFace,
    PackHeadPoseInputs,
    RandomCrop,
    RandomCropPaste,
    RandomResizedCrop,
    RandomZoom,
    RotateInPlane,
)
from mmfsa.landmarks import mirror_landmarks
from mmfsa.landmarks.points import MIRRORED

SIZE = 96
SPEC = dict(
    size=(SIZE, SIZE + 8),
    crop=dict(box='landmarks68', pad=0.3, border='constant'),
)


def face(**crop):
    """A face whose landmarks 36 and 45 are bright spots of blue and red, both alone."""
    image = np.zeros((200, 240, 3), np.uint8)
    points = np.random.default_rng(0).uniform((70, 60), (150, 130), (68, 2))
    points[36], points[45] = (90, 90), (130, 96)
    for i, colour in ((36, (255, 0, 0)), (45, (0, 0, 255))):
        cv2.circle(image, tuple(points[i].astype(int)), 3, colour, -1, cv2.LINE_AA)
    results = {
        'img': image,
        'boxes': {'landmarks68': [*points.min(0), *points.max(0)]},
        'landmarks': points.astype(np.float32),
        'gt_pose': np.zeros(3, np.float32),
    }
    spec = {**SPEC, 'crop': {**SPEC['crop'], **crop}}
    return LandmarkLabel()(CropFace(inputs=spec)(results))


def spot(image, channel):
    """Where the spot of a colour is, as fractions of the image."""
    weights = image[..., channel].astype(float) - image.min(-1)
    height, width = weights.shape
    y, x = (
        weights.sum(axis).dot(np.arange(n)) for axis, n in ((1, height), (0, width))
    )
    return (np.array([x, y]) / weights.sum() + 0.5) / [width, height]


def check(results, swapped=False):
    blue, red = (45, 36) if swapped else (36, 45)
    for i, channel in ((blue, 0), (red, 2)):
        place = spot(results['img'], channel)
        np.testing.assert_allclose(results['gt_landmarks'][i], place, atol=0.006)


@pytest.mark.parametrize('crop', [{}, {'square': True}, {'align': 'eyes'}])
def test_the_label_of_a_crop(crop):
    results = face(**crop)
    assert results['gt_landmarks'].dtype == np.float32
    check(results)
    sample = PackHeadPoseInputs()(results)['data_samples']
    assert sample.gt_landmarks.shape == (68, 2)


@pytest.mark.parametrize(
    'step',
    [
        RotateInPlane(max_angle=40, prob=1),
        RandomCrop(size=(88, 90)),
        RandomCropPaste(prob=1),
        RandomResizedCrop(size=(90, 80), scale=(0.75, 1)),
        RandomZoom(prob=1),
    ],
    ids=lambda step: type(step).__name__,
)
def test_it_follows_the_pixels(step):
    for seed in range(4):
        np.random.seed(seed)
        check(step(face()))


def test_left_and_right_are_swapped_in_a_mirror():
    results = face()
    before = results['gt_landmarks']
    check(MirrorFace(prob=1)(results), swapped=True)
    again = mirror_landmarks(results['gt_landmarks'])
    np.testing.assert_allclose(again, before, atol=1e-6)
    assert sorted(MIRRORED) == [*range(68)]
    with pytest.raises(ValueError, match='the mirror knows 68 landmarks, got 5'):
        mirror_landmarks(before[:5])


def test_a_face_without_landmarks_has_no_label():
    results = face()
    del results['landmarks'], results['gt_landmarks']
    assert 'gt_landmarks' not in RotateInPlane(prob=1)(LandmarkLabel()(results))
