"""Renders films: one person, one outfit, one light, and a head that moves."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from mmfsa.structures.rotation import pose_to_matrix

from .background import draw_background
from .camera import develop, record
from .motion import Motion
from .renderer import HeadRenderer, HeadSample, Portrait, Stage, project
from .shot import draw_body, draw_light, draw_outfit

SHUTTER = 0.5  # the share of a frame's time in which it sees light
STEP = 1.0  # pixels that a face moves between two pictures of a blurred frame
MOST = 5  # pictures of a blurred frame


def render_film(
    render: HeadRenderer, seed: int, number: int, length: int, fps: float
) -> Iterator[tuple[float, HeadSample]]:
    """Render the frames of a film.

    A film depends on (seed, number, fps, length) alone. A frame is the mean of the light
    while the shutter is open. Labels are those of the middle of this time. No hand and no
    thing comes before the face.

    Args:
        render: Renders heads; its factors are those of the film.
        seed: Seed of the people: those of the pictures of the same seed.
        number: The person's number, and so the film's.
        length: Number of frames.
        fps: Frames per second.

    Yields:
        A frame's time in seconds, and the frame.
    """
    who = render.subject(seed, number)
    factors, side = render.factors, render.image_size
    key = seed, number, 0, length  # pictures have keys of three numbers
    rng = np.random.default_rng(key)
    outfit = draw_outfit(rng, factors)
    motion = Motion(
        rng, length / fps, factors, render.asset, masked=outfit.mask_top > -9
    )
    light = draw_light(rng, factors)
    distance = np.exp(rng.uniform(*np.log(factors.distance)))
    rest = who.neutral[render.asset.landmarks]
    camera = render.aim(rng, rest @ pose_to_matrix(motion.pose(0.0)).T, distance)
    behind = draw_background(rng, side, factors.p_plain)
    behind *= np.float32(light.ambient.mean() * np.exp(rng.normal(-1.0, 1.1)))
    grain = np.random.default_rng((*key, 1))
    # Whatever is drawn anew for a frame is drawn from the same numbers.
    again = partial(np.random.default_rng, (*key, 2))

    def aimed(time: float) -> np.ndarray:
        moved = camera.copy()
        moved[:2, 2] += side * motion.shake(time)
        return moved

    def places(time: float) -> np.ndarray:
        turned = rest @ pose_to_matrix(motion.pose(time)).T
        return project(turned, aimed(time), distance)

    def portrait(time: float) -> Portrait:
        pose = motion.pose(time)
        skin = render.skin(who, motion.expression(time))
        body = draw_body(again(), pose_to_matrix(pose))
        stage = Stage((side, side), aimed(time), distance, body, light)
        mesh = render.dress(who, again(), skin, outfit)
        return render.photograph(who, skin, mesh, outfit, pose, stage)

    for i in range(length):
        time, half = i / fps, SHUTTER / fps / 2
        way = np.linalg.norm(places(time + half) - places(time - half), axis=1).max()
        pairs = int(min(np.rint(way / STEP / 2), MOST // 2))
        shares = np.arange(-pairs, pairs + 1) / max(pairs, 1)
        shown = [portrait(time + half * share) for share in shares]
        head = shown[pairs]
        seen = sum(p.image + (1 - p.cover[..., None]) * behind for p in shown)
        scene = seen / np.float32(len(shown))
        image = record(develop(scene, again(), factors), again(), factors, grain)
        yield time, HeadSample.of(head, image)
