"""Many faces at once against one after the other, with the same random numbers."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from mmfsa.datasets.transforms import (
    Blur,
    ColorJitter,
    CropFace,
    CutEdge,
    HideEars,
    JPEGCompress,
    LandmarkLabel,
    MirrorFace,
    Occlude,
    RandomCrop,
    RandomCropPaste,
    RandomResizedCrop,
    RandomZoom,
    RotateInPlane,
    Sharpen,
)
from mmfsa.datasets.transforms.face_batch import FaceBatch

NUM = 12
POINT = 0.7  # where every random number lies between its bounds
CROPS = [
    *(dict(border=border) for border in ('clamp', 'replicate', 'reflect', 'constant')),
    dict(pad=0.1, square=True, inclusive=True),
    dict(pad=(0.3, 0.8), shift=0.12, aspect=(0.5, 1.2), border='reflect'),
    dict(pad=-0.2, size=(48, 80)),
    dict(pad=(0.1, 0.3, 0.2, 0), times=(1, 2), square='shorter', border='constant'),
]
CHANGES = [
    MirrorFace(1),
    RandomCrop((50, 61)),
    RandomCropPaste(15, 1),
    RandomResizedCrop((50, 61), (0.5, 1)),
    RandomZoom((0.8, 1.2), 1),
    RotateInPlane(60, 1),
    ColorJitter((0.5, 1.4), (0.6, 1.5), (0, 1), (0.8, 1.1), 1),
    Blur((0.3, 0.5), 1),
    Blur((0.3, 3.0), 1),
    Sharpen((1, 5), 1),
    Occlude((0.1, 0.5), 1),
]


class FixedBatch(FaceBatch):
    def uniform(self, low, high, *shape):
        return torch.full((len(self), *shape), low + POINT * (high - low))


@pytest.fixture
def fixed(monkeypatch):
    """numpy's generator, of which every number is known."""

    def uniform(low, high, size=None):
        value = low + POINT * (high - low)
        return value if size is None else np.full(size, value)

    def randint(low, high=None, size=None):
        low, high = (0, low) if high is None else (low, high)
        drawn = np.int64(np.floor(uniform(low, high)))
        return drawn if size is None else np.full(size, drawn)

    monkeypatch.setattr(np.random, 'uniform', uniform)
    monkeypatch.setattr(np.random, 'randint', randint)
    monkeypatch.setattr(np.random, 'random', lambda size=None: uniform(0, 1, size))


@pytest.fixture
def faces():
    """Results of the pipeline, one for each face: smooth images of full contrast."""
    random = np.random.RandomState(0)
    results = []
    for _ in range(NUM):
        img = cv2.resize(random.randint(0, 256, (16, 16, 3), np.uint8), (96, 90))
        box = np.add(random.randint(-6, 7, 4), (16, 14, 80, 76)).tolist()
        pose = random.uniform(-60, 60, 3).astype(np.float32)
        results.append(dict(img=img, gt_pose=pose, face_box=box))
    return results


def together(faces, kind=FixedBatch, **more):
    def stacked(key):
        return torch.tensor(np.stack([face[key] for face in faces])).float()

    return kind(
        stacked('img').permute(0, 3, 1, 2),
        stacked('gt_pose'),
        torch.Generator().manual_seed(0),
        stacked('face_box'),
        **more,
    )


def assert_same(batch, faces):
    images = batch.images.permute(0, 2, 3, 1).numpy()
    expected = np.stack([face['img'] for face in faces])
    difference = np.abs(images - expected)
    # cv2's weights are whole 2048ths, and 32nds where it turns.
    assert difference.max() <= 3 and difference.mean() < 0.4
    for name in ('gt_pose', 'gt_landmarks'):
        if name in faces[0]:
            labels = np.stack([face[name] for face in faces])
            np.testing.assert_allclose(getattr(batch, name), labels, atol=1e-3)


def labelled(face):
    """The face with landmarks somewhere in its crop."""
    places = np.random.RandomState(face['crop_box'][0] + 99).rand(68, 2)
    return face | dict(gt_landmarks=places.astype(np.float32))


def labels_of(faces):
    return {
        name: torch.tensor(np.stack([face[name] for face in faces])).float()
        for name in ('crop_box', 'gt_landmarks')
    }


@pytest.mark.parametrize('settings', CROPS, ids=str)
def test_crop(settings, faces, fixed):
    crop = CropFace(**settings)
    batch = crop.batch(together(faces))
    cropped = [crop(dict(face)) for face in faces]
    assert_same(batch, cropped)
    boxes = [face['crop_box'] for face in cropped]
    assert batch.crop_box.tolist() == [[*map(float, box)] for box in boxes]


@pytest.mark.parametrize('change', CHANGES, ids=lambda change: type(change).__name__)
def test_change(change, faces, fixed):
    crop = CropFace()
    cropped = [labelled(crop(face)) for face in faces]
    batch = change.batch(together(cropped, **labels_of(cropped)))
    assert_same(batch, [change(face) for face in cropped])


@pytest.mark.parametrize('kind', [0, 1, 2])
def test_each_kind_of_window(kind, faces, fixed, monkeypatch):
    paste = RandomCropPaste(15, 1)
    draw = np.random.randint
    monkeypatch.setattr(
        np.random, 'randint', lambda *a: kind if a == (3,) else draw(*a)
    )
    faces = [labelled(CropFace()(face)) for face in faces]
    change = (paste._zoom, lambda f: paste._paste(f, 0), lambda f: paste._paste(f, 255))
    batch = change[kind](together(faces, **labels_of(faces)))
    alone = [paste(face) for face in faces]
    for face in alone:  # the window's edge is not repeated when it is resized
        face['img'] = face['img'][3:-3, 3:-3]
    assert_same(replace(batch, images=batch.images[:, :, 3:-3, 3:-3]), alone)


@pytest.mark.parametrize('prob', [0.5, 0.9])
def test_hidden_ears(prob, faces, fixed):
    points = np.random.RandomState(1).rand(NUM, 68, 2).astype(np.float32) * 90
    batch = HideEars(prob).batch(together(faces, landmarks=torch.from_numpy(points)))
    alone = [
        HideEars(prob)(face | dict(landmarks=p))['boxes']['visible']
        for face, p in zip(faces, points, strict=True)
    ]
    np.testing.assert_allclose(batch.face_box.numpy(), alone, rtol=1e-6)


def test_hidden_ears_need_landmarks(faces):
    with pytest.raises(ValueError, match='the index has none; take HideEars out'):
        HideEars().batch(together(faces))
    points = torch.zeros(len(faces), 21, 2)
    with pytest.raises(ValueError, match='the index has 21; take HideEars out'):
        HideEars().batch(together(faces, landmarks=points))


def test_the_label_of_landmarks(faces, fixed):
    points = np.random.RandomState(1).rand(NUM, 68, 2).astype(np.float32) * 90
    faces = [
        CropFace()(face | dict(landmarks=p))
        for face, p in zip(faces, points, strict=True)
    ]
    boxes = torch.tensor([face['crop_box'] for face in faces]).float()
    known = dict(crop_box=boxes, landmarks=torch.from_numpy(points))
    batch = LandmarkLabel().batch(together(faces, **known))
    assert_same(batch, [LandmarkLabel()(face) for face in faces])
    for missing, message in (
        ('landmarks', 'needs landmarks in the index'),
        ('crop_box', 'needs CropFace before it'),
    ):
        with pytest.raises(ValueError, match=message):
            LandmarkLabel().batch(together(faces, **known | {missing: None}))


def test_an_edge_or_two_are_cut(faces):
    for face in faces:
        face['img'] = np.full((40, 50, 3), 200, np.uint8)
    images = CutEdge((0.1, 0.3), prob=1).batch(together(faces, FaceBatch)).images
    black = (images == 0).all(dim=1)
    ends = black[:, 0], black[:, -1], black[:, :, 0], black[:, :, -1]
    sides = torch.stack([end.all(dim=1) for end in ends])
    assert set(sides.sum(dim=0).tolist()) == {1, 2}
    assert images[:, :, 20, 25].eq(200).all()


def test_some_are_changed_and_all_keep_their_places(faces):
    before = together(faces, FaceBatch)
    after = MirrorFace(0.5).batch(before)
    mirrored = (after.gt_pose == -before.gt_pose)[:, 0]
    assert 0 < mirrored.sum() < NUM
    expected = torch.where(
        mirrored[:, None, None, None], before.images.flip(3), before.images
    )
    assert torch.equal(after.images, expected)
    assert torch.equal(after.face_box, before.face_box)


def test_what_has_no_such_form_says_so(faces):
    with pytest.raises(NotImplementedError, match='JPEGCompress works on one image'):
        JPEGCompress(prob=1).batch(together(faces))
    with pytest.raises(NotImplementedError, match='CropFace resizes area one image'):
        CropFace(interpolation='area').batch(together(faces))


def test_a_box_beside_its_image(faces):
    faces[3]['face_box'] = [500, 0, 510, 9]
    with pytest.raises(ValueError, match='a face_box has no pixel in its image'):
        CropFace().batch(together(faces))
