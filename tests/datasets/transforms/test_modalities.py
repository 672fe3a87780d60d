"""Every step of a pipeline knows what is a photo and what is depth."""

import cv2
import numpy as np
import pytest

from mmfsa.datasets import transforms
from mmfsa.datasets.transforms import CropFace, DepthNoise, PackHeadPoseInputs
from mmfsa.datasets.transforms.face_batch import FaceBatch
from mmfsa.inputs import InputSpec

# What moves a crop's pixels moves those of its relief; what changes colours leaves it.
MOVES = {
    'MirrorFace': dict(prob=1.0),
    'RotateInPlane': dict(prob=1.0),
    'RandomZoom': dict(prob=1.0),
    'RandomCrop': dict(size=48),
    'RandomCropPaste': dict(prob=1.0),
    'RandomResizedCrop': dict(size=64, scale=(0.5, 1)),
}
COVERS = {'CutEdge': dict(prob=1.0), 'Occlude': dict(prob=1.0)}
PHOTO = 'Blur', 'ColorJitter', 'Darken', 'JPEGCompress', 'Sharpen'
NO_PIXELS = {
    *('BoxLabel', 'CropFace', 'DetectFace', 'HideEars', 'LandmarkLabel'),
    *('LoadDepthFromFile', 'LoadImageFromFile', 'PackHeadPoseInputs', 'DepthNoise'),
}
SPEC = InputSpec(size=64, modality='color+depth', crop=dict(box='landmarks68', pad=0))


def crop():
    """A picture whose colours say what its relief is."""
    noise = np.random.RandomState(0).randint(60, 200, (6, 6), np.uint8)
    relief = cv2.resize(noise, (64, 64), interpolation=cv2.INTER_LINEAR)
    return dict(
        img=np.stack([relief] * 3, axis=-1),
        depth=relief,
        gt_pose=np.array([20, 10, 5], np.float32),
    )


def test_no_transform_is_forgotten():
    assert {*MOVES, *COVERS, *PHOTO, *NO_PIXELS} == {*transforms.__all__}


@pytest.mark.parametrize('name', [*MOVES, *COVERS])
def test_the_relief_moves_with_the_picture(name):
    step = getattr(transforms, name)(**{**MOVES, **COVERS}[name])
    np.random.seed(0)
    changed = 0
    for _ in range(12):
        result = step(crop())
        relief, image = result['depth'], result['img'].astype(int)
        assert relief.dtype == np.uint8 and relief.shape == image.shape[:2]
        changed += relief.shape != (64, 64) or (relief != crop()['depth']).any()
        grey = (image.min(-1) == image.max(-1)) & (image[..., 0] > 40)
        same = (relief > 0) & grey & (image[..., 0] < 220)
        assert np.median(np.abs(relief.astype(int) - image[..., 0])[same]) <= 3
        assert same.mean() > 0.25
        if name == 'CutEdge':
            assert not relief[image[..., 0] == 0].any()
        if name == 'Occlude':  # what covers the face is nearer
            assert (relief[(image != crop()['img']).any(-1)] > 140).all()
    assert changed > 9


@pytest.mark.parametrize('name', PHOTO)
def test_depth_is_no_photo(name):
    np.random.seed(0)
    result = getattr(transforms, name)(prob=1.0)(crop())
    np.testing.assert_array_equal(result['depth'], crop()['depth'])
    assert (result['img'] != crop()['img']).any()


def test_noise_changes_the_relief_alone():
    np.random.seed(0)
    before = crop()
    before['depth'][:8] = 0
    after = DepthNoise(shift=10, noise=(2, 2), holes=(0.1, 0.1), prob=1)(dict(before))
    np.testing.assert_array_equal(after['img'], before['img'])
    assert not after['depth'][:8].any()  # no hole is filled
    assert 0.05 < (after['depth'][8:] == 0).mean() < 0.15
    kept = after['depth'] > 0
    change = after['depth'].astype(float) - before['depth']
    assert change[kept].std() == pytest.approx(2 / 1.5, abs=0.3)
    with pytest.raises(ValueError, match='this network sees none'):
        DepthNoise(prob=1)(dict(img=before['img']))


def picture():
    depth = np.full((80, 80), 900, np.uint16)
    depth[30:50, 30:50] = 850
    return dict(
        img=np.zeros((80, 80, 3), np.uint8),
        depth=depth,
        boxes=dict(landmarks68=[20, 20, 60, 60]),
        gt_pose=np.zeros(3, np.float32),
    )


@pytest.mark.parametrize(
    ('modality', 'planes'), [('color', 3), ('depth', 1), ('color+depth', 4)]
)
def test_what_a_network_sees_is_packed(modality, planes):
    cut = CropFace(inputs=SPEC.changed(modality=modality))
    packed = PackHeadPoseInputs()(cut(picture()))
    assert packed['inputs'].shape == (planes, 64, 64)
    if planes != 3:
        relief = packed['inputs'][-1].numpy()
        # 50 mm, in steps of 1.5; between both are mixed pixels.
        assert (relief.min(), relief.max(), relief[0, 0]) == (95, 128, 95)


def test_a_face_without_depth_is_refused():
    results = picture()
    del results['depth']
    with pytest.raises(
        ValueError, match='sees depth, and it has no depth: put LoadDepth'
    ):
        CropFace(inputs=SPEC)(results)
    cropped = dict(picture(), crop_box=(0, 0, 80, 80))
    with pytest.raises(ValueError, match='its crop was cut without depth'):
        CropFace(inputs=SPEC)(cropped)
    faces = FaceBatch(*[None] * 3)
    with pytest.raises(NotImplementedError, match='without --augment-on-device'):
        CropFace(inputs=SPEC).batch(faces)
