"""Numbers stay with people in composed films of many kinds, and a cut renews them."""

from copy import copy
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmfsa.detection import BaseDetector
from mmfsa.detection.boxes import box_iou
from mmfsa.structures import Faces
from mmfsa.tracking import FaceFollower
from mmfsa.tracking.assignment import assign

SIZE = WIDTH, HEIGHT = 320, 240  # pixels, of a film that is told in 640x480
HIDDEN = 0.5  # of a face, from which on the detector does not find it


@cache
def face(person):
    """Two people look alike as much as two real faces do (a correlation of 0.5)."""
    common, own = (
        np.random.default_rng(s).normal(0, 1, (6, 6, 3)) for s in (99, person)
    )
    small = 120 + 30 * (common + own)
    return cv2.resize(small.clip(0, 255).astype(np.uint8), (128, 128))


PEOPLE = Path(__file__).parents[2] / 'docs/images/people.jpg'  # rendered
# x, y and side of faces there
PLACES = (
    (85, 225, 115),
    (285, 205, 110),
    (462, 268, 128),
    (668, 165, 115),
    (855, 238, 105),
)


@cache
def portrait(person):
    """A face that a network knows as one."""
    x, y, size = PLACES[person]
    picture = cv2.imread(str(PEOPLE))[y : y + size, x : x + size]
    return cv2.resize(picture, (128, 128))


def wall(_frame):
    return np.full((HEIGHT, WIDTH, 3), 190, np.uint8)


def room(frame, speed=0, seed=7):
    blocks = np.random.default_rng(seed).integers(30, 220, (12, 16, 3), dtype=np.uint8)
    return np.roll(cv2.resize(blocks, SIZE), frame * speed // 2, axis=1)


class Film(BaseDetector):
    """People before a background, and a detector that knows where they are.

    Args:
        people: Of each, nearest first, a function from the frame's number to x, y and
            size of the face, or None.
        background: From the frame's number to the picture.
        light: From the frame's number to a factor of the light.
        names: From the frame's number to who the people are.

    Attributes:
        face: From a person to the picture of the face.
    """

    face = staticmethod(face)

    def __init__(self, people, background=wall, light=lambda _: 1, names=None):
        self.people, self.background, self.light = people, background, light
        self.names = names or (lambda _: range(len(people)))

    def shoot(self, frame):
        picture, self.seen, self.boxes = self.background(frame), [], []
        noise = np.random.default_rng(frame)
        places = [person(frame) for person in self.people]
        names = list(self.names(frame))
        for i in reversed(range(len(places))):  # the nearest covers the others
            if places[i] is None:
                continue
            x, y, size = np.divide(places[i], 2)
            box = np.array([x, y, x + size, y + 1.2 * size])
            matrix = np.array([[size / 128, 0, x], [0, 1.2 * size / 128, y]])
            cv2.warpAffine(
                self.face(names[i]),
                matrix,
                SIZE,
                picture,
                borderMode=cv2.BORDER_TRANSPARENT,
            )
            nearer = [p for p in places[:i] if p]
            hidden = any(self.covered(box, *np.divide(p, 2)) > HIDDEN for p in nearer)
            if not hidden and 0 < x + size / 2 < WIDTH:
                self.boxes.append(box + noise.normal(0, 0.02 * size, 4))
                self.seen.append(names[i])
        return ((picture + 1.0) * self.light(frame)).clip(0, 255).astype(np.uint8)

    @staticmethod
    def covered(box, x, y, size):
        start, end = (
            np.maximum(box[:2], [x, y]),
            np.minimum(box[2:], [x + size, y + size]),
        )
        return (end - start).clip(0).prod() / (box[2:] - box[:2]).prod()

    def __call__(self, image):
        found = image.std() > 5  # nobody is found in the dark or in a flash
        boxes = np.array(self.boxes if found else [], np.float32).reshape(-1, 4)
        return Faces(boxes, 'crop')

    def numbers(self, frames, every=1):
        """The numbers that each person gets."""
        follow, numbers = FaceFollower(self, every), {}
        for frame in range(frames):
            faces = follow(self.shoot(frame))
            if frame % every == 0 and len(faces):
                for name, number in zip(self.seen, faces.ids.tolist(), strict=True):
                    numbers.setdefault(name, set()).add(number)
        return numbers


def moving(x, y, size, right=0.0, down=0.0, grow=0.0):
    return lambda t: (x + right * t, y + down * t, size + grow * t)


def still(x, y=150, size=100):
    return moving(x, y, size)


def bouncing(x, turn_at, right):
    """Goes to another person, and back."""
    return lambda t: (x + right * (t if t < turn_at else 2 * turn_at - t), 150, 100)


def swaying(x, size, reach, period):
    return lambda t: (x + reach * np.sin(2 * np.pi * t / period), 100, size)


FILMS = {
    'a near face before a wall': Film([moving(0, 60, 300, right=40)]),
    'a near face that sways': Film([swaying(150, 300, 130, 20)]),
    'a near face that comes in': Film([moving(250, 200, 40, -6, -8, 14)]),
    'two who stand side by side': Film([still(100), still(330)], room),
    'a pan': Film([moving(400, 90, 150, -20), moving(600, 90, 150, -20)], room),
    'a pan of the room': Film([still(200), still(400)], lambda t: room(t, 40)),
    'crossing slowly': Film([moving(50, 150, 100, 6), moving(500, 150, 100, -6)]),
    'crossing': Film([moving(50, 150, 100, 12), moving(500, 150, 100, -12)]),
    'crossing behind': Film([moving(500, 160, 100, -12), moving(50, 150, 90, 12)]),
    'crossing in a room': Film(
        [moving(50, 150, 100, 12), moving(500, 150, 100, -12)], room
    ),
    'crossing quickly': Film([moving(0, 150, 110, 24), moving(530, 150, 110, -24)]),
    'one passes one who stands': Film([moving(20, 150, 100, 12), still(300)]),
    'one passes two': Film([moving(20, 150, 100, 12), still(200), still(400)]),
    'three cross': Film(
        [moving(20, 150, 100, 12), moving(520, 140, 90, -11), moving(250, 160, 80, 4)]
    ),
    'two meet and turn back': Film([bouncing(60, 20, 9), bouncing(460, 20, -9)]),
    'one hides behind another': Film([still(300), bouncing(60, 20, 12)]),
    'a quick small face': Film([moving(10, 150, 40, 32)], room),
    'one is gone for a while': Film(
        [lambda t: None if 10 < t < 20 else (200, 99, 150)]
    ),
    'a flash': Film([still(200)], room, lambda t: 999 if t == 9 else 1),
    'black for a while': Film([still(200)], room, lambda t: 0 if 9 < t < 14 else 1),
    'the light is switched off': Film(
        [still(200)], room, lambda t: 0.4 if t > 9 else 1
    ),
    'the light goes with a near face': Film(
        [swaying(150, 300, 130, 20)], wall, lambda t: 0.5 if t > 9 else 1
    ),
}


@pytest.mark.parametrize('name', FILMS)
def test_each_person_has_one_number(name):
    numbers = FILMS[name].numbers(40)
    assert [len(several) for several in numbers.values()] == [1] * len(numbers)
    assert len(set.union(*numbers.values())) == len(FILMS[name].people)


@pytest.mark.parametrize(
    'name', ['a near face that sways', 'crossing slowly', 'a flash']
)
def test_with_a_detector_that_runs_seldom(name):
    numbers = FILMS[name].numbers(40, every=3)
    assert [len(several) for several in numbers.values()] == [1] * len(numbers)


def other_after_20(t):
    return [0, 1] if t < 20 else [2, 3]


CUTS = {
    'to others at the same place': Film(
        [still(100), still(330)], lambda t: room(t, seed=t // 20), names=other_after_20
    ),
    'to others elsewhere': Film(
        [lambda t: (100 + 200 * (t // 20), 90, 160)],
        lambda t: room(t, seed=t // 20),
        names=lambda t: [t // 20],
    ),
    'of close-ups': Film(
        [still(150, 50, 330)],
        lambda t: wall(t) // (1 + 9 * (t // 20)),
        names=lambda t: [t // 20],
    ),
    'to an empty room, then to others': Film(
        [lambda t: None if 15 < t < 20 else (150, 50, 200)],
        lambda t: room(t, seed=(t + 4) // 20),
        names=lambda t: [t // 20],
    ),
}


@pytest.mark.parametrize('name', CUTS)
def test_a_cut_renews_the_numbers(name):
    numbers = CUTS[name].numbers(40)
    assert len(numbers) == 2 * len(CUTS[name].people)
    assert [len(several) for several in numbers.values()] == [1] * len(numbers)
    assert len(set.union(*numbers.values())) == len(numbers)


@pytest.mark.parametrize('name', FILMS)
def test_a_followed_person_has_no_more_numbers_than_one_detected_in_each_frame(name):
    """The detector runs in every fifth frame, and where a face may be lost."""
    film = copy(FILMS[name])
    film.face = portrait
    detected = film.numbers(40)
    follow, numbers = FaceFollower(film, 5, follow=True), {}
    for frame in range(40):
        faces = follow(film.shoot(frame))
        truth = np.array(film.boxes, np.float32).reshape(-1, 4)
        overlap = box_iou(truth, faces.boxes)
        for row, column in zip(*assign(overlap), strict=True):
            if overlap[row, column] > 0.5:
                number = int(faces.ids[column])
                numbers.setdefault(film.seen[row], set()).add(number)
    assert numbers.keys() <= detected.keys()
    for person, several in numbers.items():
        assert len(several) <= len(detected[person])
    assert len(set.union(*numbers.values())) <= len(set.union(*detected.values()))
