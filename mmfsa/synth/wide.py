"""Heads anywhere in the picture of a wide lens or a Kinect, with exact poses and places."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mmfsa.structures import Camera, pose_to_matrix, rotation_to_axis
from mmfsa.structures.rotation import matrix_to_pose

from .background import draw_background
from .camera import develop, record
from .depth import MM, kinect
from .factors import Factors
from .renderer import HeadRenderer, Portrait, Stage, box_around
from .shot import draw_body, draw_light, draw_pose

DISTANCE = 400.0, 2000.0  # mm
KINECT = Camera(575.816, 575.816, 319.5, 239.5, (640, 480))
AROUND = 250.0  # mm around a head's middle: as much as a depth method looks at


class WideShot(NamedTuple):
    """A picture of one head.

    Attributes:
        image: (H, W, 3) uint8 BGR.
        rotation: (3, 3) of the head, relative to the camera.
        position: (3,) the head's origin in millimetres in the camera's frame.
        landmarks: (68, 2) pixels; all are in the picture.
        depth: (H, W) float32 millimetres, 0 where the head is not.
        mask: (H, W) uint8 of :class:`~mmfsa.synth.asset.Part`.
    """

    image: np.ndarray
    rotation: np.ndarray
    position: np.ndarray
    landmarks: np.ndarray
    depth: np.ndarray
    mask: np.ndarray

    @property
    def box(self) -> np.ndarray:
        """(4,) x1, y1, x2, y2 of the landmarks."""
        return box_around(self.landmarks)


def shoot_wide(
    render: HeadRenderer,
    camera: Camera,
    seed: int,
    index: int,
    distances: tuple[float, float] = DISTANCE,
    depth_only: bool = False,
) -> WideShot:
    """Render one head at a random place in a camera's picture.

    The place is uniform in the picture, and the logarithm of the distance in its range.
    The head's pose is drawn relative to the ray through it, since people look into a
    camera more or less, wherever they stand.

    Args:
        render: Renders heads; its factors are those of poses, clothes and pictures.
        camera: The camera, which knows the size of its pictures.
        seed: Seed of the whole set.
        index: The picture's number; every picture shows another person.
        distances: The range of distances in millimetres.
        depth_only: The same head without light, in a sixth of the time: the image is black,
            and there is no depth farther than :data:`AROUND` from the head's middle.
    """
    factors, size = render.factors, camera.size
    rng = np.random.default_rng((seed, index))
    while True:
        ray = camera.rays(rng.uniform([0, 0], size))
        distance = np.exp(rng.uniform(*np.log(distances)))
        position = ray / np.linalg.norm(ray) * distance
        rotation = rotation_to_axis(ray).T @ pose_to_matrix(draw_pose(rng, factors))
        x, y, depth = (position / MM).tolist()
        stage = Stage(
            size=size,
            camera=camera.matrix,
            distance=depth,
            body=draw_body(rng, rotation),
            light=draw_light(rng, factors),
            aside=(x, y),
        )
        if depth_only:
            stage, corner = _window(stage, camera, position)
        pose = matrix_to_pose(rotation)
        head = render.portray(seed, index, 0, pose, stage)
        if depth_only:
            head = _back(head, corner, size)
        inside = (head.landmarks >= 0) & (head.landmarks <= np.array(size) - 1)
        if inside.all():
            break
    if depth_only:
        black = np.zeros((*size[::-1], 3), np.uint8)
        return WideShot(
            black, rotation, position, head.landmarks, head.depth, head.mask
        )
    cover = head.cover[..., None]
    # A background as bright as the head: then a head at the side is well exposed, too.
    behind = draw_background(rng, max(size), factors.p_plain)[: size[1], : size[0]]
    level = (head.image.sum() / cover.sum() / 3).astype(np.float32)
    scene = head.image + (1 - cover) * behind * level
    image = record(develop(scene, rng, factors), rng, factors)
    return WideShot(image, rotation, position, head.landmarks, head.depth, head.mask)


def shoot_kinect(
    seed: int,
    index: int,
    distances: tuple[float, float],
    max_angle: float,
    rng: np.random.Generator,
) -> tuple[WideShot, np.ndarray]:
    """Render one head as the first Kinect measures it.

    Args:
        seed, index, distances: See :func:`shoot_wide`.
        max_angle: The largest angle of the head, in degrees.
        rng: Draws the noise.

    Returns:
        The head, whose image is black and whose depth is exact; and the measured depth
        (H, W) uint16 millimetres.
    """
    render = renderer_up_to(max_angle)
    shot = shoot_wide(render, KINECT, seed, index, distances, depth_only=True)
    return shot, kinect(shot.depth, KINECT.fx, rng)


@lru_cache(maxsize=1)
def renderer_up_to(max_angle: float) -> HeadRenderer:
    """What renders heads whose angles are up to so many degrees."""
    return HeadRenderer(Factors(max_angle=max_angle, yaw_std=max_angle / 2))


def _window(
    stage: Stage, camera: Camera, position: np.ndarray
) -> tuple[Stage, np.ndarray]:
    """A dark stage that shows only what is around a head, and its first pixel (2,)."""
    middle = camera.project(position)
    reach = AROUND / position[2] * np.array([camera.fx, camera.fy])
    low = np.clip(np.rint(middle - reach).astype(int), 0, np.array(camera.size) - 1)
    high = np.clip(np.rint(middle + reach).astype(int) + 1, low + 1, camera.size)
    matrix = camera.matrix
    matrix[:2, 2] -= low
    size = tuple((high - low).tolist())
    return stage._replace(size=size, camera=matrix, light=None), low


def _back(head: Portrait, corner: np.ndarray, size: tuple[int, int]) -> Portrait:
    """What a window shows, in the whole picture."""
    rows, columns = (
        slice(start, start + length)
        for start, length in zip(corner[::-1], head.depth.shape, strict=True)
    )
    depth, mask = (np.zeros(size[::-1], part.dtype) for part in (head.depth, head.mask))
    depth[rows, columns], mask[rows, columns] = head.depth, head.mask
    return head._replace(depth=depth, mask=mask, landmarks=head.landmarks + corner)
