"""Several rendered people in one picture: one light, one background, one exposure."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mmfsa.structures.rotation import pose_to_matrix

from .camera import develop, record
from .looks import Lights
from .renderer import NECK, HeadRenderer, Portrait, Stage

DISTANCE = 25.0  # decimetres from the camera to everybody
SHADOW_SIZE = 512  # pixels: a scene's faces are larger than a data set's


class Place(NamedTuple):
    """One person of a scene.

    Attributes:
        subject: Which person of the renderer's.
        index: Which of their pictures: it chooses clothes and expression.
        pose: (3,) yaw, pitch, roll of the head in degrees.
        centre: (x, y) of the head in pixels, when it looks into the camera.
        scale: Pixels per decimetre; a face is some 1.3 decimetres high.
        chest: Yaw of the chest in degrees.
    """

    subject: int
    index: int
    pose: Sequence[float]
    centre: tuple[float, float]
    scale: float
    chest: float = 0.0


class Scene(NamedTuple):
    """A picture of several people.

    Attributes:
        image: (H, W, 3) uint8 BGR.
        people: What was rendered of each, with exact pose and landmarks.
    """

    image: np.ndarray
    people: list[Portrait]


def render_scene(
    render: HeadRenderer,
    places: Sequence[Place],
    light: Lights,
    behind: np.ndarray,
    seed: int = 0,
    take: int = 0,
) -> Scene:
    """Render people from the farthest to the nearest, and take their picture.

    Args:
        render: Renders heads; its factors are those of clothes and camera.
        places: Who stands where; a later one covers an earlier one.
        light: What shines on everybody.
        behind: (H, W, 3) float32 linear RGB of the background.
        seed: Seed of the people.
        take: Seed of exposure, colours and noise.
    """
    image, size = behind, behind.shape[1::-1]
    people = []
    for place in places:
        person = render.portray(
            seed, place.subject, place.index, place.pose, stand(place, size, light)
        )
        image = person.image + (1 - person.cover[..., None]) * image
        people.append(person)
    rng = np.random.default_rng(take)
    picture = record(develop(image, rng, render.factors), rng, render.factors)
    return Scene(picture, people)


def stand(place: Place, size: tuple[int, int], light: Lights) -> Stage:
    """Where a person stands: the neck stays, whichever way the head turns."""
    rotation = pose_to_matrix(place.pose)
    focal = place.scale * DISTANCE
    camera = np.diag([focal, focal, 1.0])
    # The renderer keeps the middle of the head in its place, and moves the neck.
    moved = (rotation @ NECK - NECK)[:2]
    camera[:2, 2] = np.array(place.centre) - place.scale * moved
    chest = pose_to_matrix([place.chest, 0.0, 0.0])
    return Stage(size, camera, DISTANCE, chest, light, SHADOW_SIZE)
