"""A face on its side is seen upright, and its pose is that of the picture as it was."""

import cv2
import numpy as np
import pytest

from mmfsa import HeadPosePredictor
from mmfsa.landmarks import HeadPoints
from mmfsa.methods import LandmarkMethod, UprightMethod
from mmfsa.methods.upright import quarter_turns
from mmfsa.structures import (
    Camera,
    Faces,
    Frame,
    geodesic_distance,
    pose_to_matrix,
)
from mmfsa.utils.images import QUARTER_TURNS

POSES = np.array([[20.0, -10, 170], [-30, 5, 95], [10, 15, -80], [25, -5, 30]])
CAMERA = Camera(700, 650, 210, 180)


@pytest.fixture
def seen():
    """Heads by their 68 landmarks before a camera, each turned in the picture."""
    points = HeadPoints().xyz
    place = np.array([[20, -10, 900.0], [90, 40, 800], [-80, 30, 1000], [0, 0, 700]])
    heads = points @ pose_to_matrix(POSES).swapaxes(1, 2) + place[:, None]
    landmarks = CAMERA.project(heads).astype(np.float32)
    boxes = np.concatenate([landmarks.min(1), landmarks.max(1)], axis=1)
    image = np.zeros((360, 420, 3), np.uint8)
    frame = Frame(image, 'heads', camera=CAMERA)
    return frame, Faces(boxes, 'landmarks68', landmarks=landmarks)


def test_what_is_found_is_turned_back(seen):
    """A solver needs no upright face: with and without the turn, it finds the same."""
    method = LandmarkMethod(solver='pnp')
    plain, turned = method.predict(*seen), UprightMethod(method).predict(*seen)
    assert quarter_turns(seen[1]).tolist() == [180, 270, 90, 0]
    assert turned.extras.pop('turned').tolist() == [180, 270, 90, 0]
    assert turned.valid.all() and (turned.boxes == seen[1].boxes).all()
    assert geodesic_distance(turned.rotation, pose_to_matrix(POSES)).max() < 0.1
    np.testing.assert_allclose(turned.euler, plain.euler, atol=0.1)
    for name in ('landmarks', 'translation'):
        np.testing.assert_allclose(turned.extras[name], plain.extras[name], atol=1)


def test_without_landmarks_the_face_is_seen_as_it_is(seen):
    frame, faces = seen
    assert quarter_turns(Faces(faces.boxes, 'landmarks68')).tolist() == [0] * 4
    faces.landmarks[0] = np.nan
    assert quarter_turns(faces)[0] == 0
    assert len(UprightMethod(LandmarkMethod()).predict(frame, faces.take([]))) == 0


@pytest.mark.parametrize('turn', QUARTER_TURNS)
def test_a_network_sees_the_same_crop(turn, image):
    """Of the picture after a turn, and in a camera's view of it."""
    image = cv2.resize(image[:8, :10], (300, 240), interpolation=cv2.INTER_CUBIC)
    five = np.array([[[130, 100], [170, 100], [150, 120], [135, 140], [165, 140]]])
    faces = Faces([[110, 70, 190, 160]], 'centerface', landmarks=five.astype(float))
    quarters = turn // 90
    moved, box = five[0].astype(float), np.reshape([110.0, 70, 190, 160], (2, 2))
    width, height = 300, 240
    for _ in range(quarters):  # clockwise
        moved, box = (
            np.stack([height - 1 - p[:, 1], p[:, 0]], axis=1) for p in (moved, box)
        )
        width, height = height, width
    box = np.concatenate([box.min(0), box.max(0)])[None]
    on_its_side = Faces(box, 'centerface', landmarks=moved[None])
    pictures = image, np.ascontiguousarray(np.rot90(image, -quarters))
    for camera in (None, 60):
        frames = [Frame(picture) for picture in pictures]
        for frame in frames if camera else []:
            width, height = frame.size
            middle = (width - 1) / 2, (height - 1) / 2
            frame.camera = Camera(260, 260, *middle, frame.size)
        predictor = HeadPosePredictor(
            'fsa_caps_1x1.synthetic', device='cpu', camera=camera
        )
        upright, turned = predictor.predict_batch(frames, (faces, on_its_side))
        assert upright.extras['turned'] == 0
        assert turned.extras['turned'] == -turn % 360
        difference = cv2.absdiff(upright.extras['crop'][0], turned.extras['crop'][0])
        assert difference.mean() < 3
        back = pose_to_matrix([0, 0, turn]) @ upright.rotation
        assert geodesic_distance(turned.rotation, back).max() < 4
        left, top, right, bottom = turned.extras['crop_box'][0]
        centre = np.array([left + right - 1, top + bottom - 1]) / 2
        assert np.abs(centre - (box[0, :2] + box[0, 2:]) / 2).max() < 25


@pytest.mark.parametrize(
    ('leans', 'turn'),
    [
        (0, 0),
        (38, 0),
        (-38, 0),
        (42, 270),
        (-42, 90),
        (100, 270),
        (-134, 90),
        (136, 180),
    ],
)
def test_from_which_lean_on_a_face_is_turned(leans, turn):
    """Detectors see a face on its side too upright: 42 degrees are mostly 90."""
    five = np.array([[130, 100], [170, 100], [150, 120], [135, 140], [165, 140.0]])
    cos, sin = np.cos(np.radians(leans)), np.sin(np.radians(leans))
    clockwise = (five - 120) @ np.array([[cos, sin], [-sin, cos]]) + 120
    faces = Faces([[90, 90, 180, 180]], 'centerface', landmarks=clockwise[None])
    assert quarter_turns(faces).tolist() == [turn]
