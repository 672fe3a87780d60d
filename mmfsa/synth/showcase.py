"""The front page's pictures: rendered people, with the poses that a network sees."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from mmfsa.utils.files import replacing
from mmfsa.visualization import draw_axes, write_image
from mmfsa.visualization.plots import ANGLE_COLORS, panels

from .background import trees
from .factors import Factors
from .looks import Lights
from .renderer import HeadRenderer
from .scene import Place, render_scene
from .shot import join_lamps

Predict = Callable[[np.ndarray], list[dict]]  # from an image to its faces' records

SEED = 7  # of the people
TAKE = 11  # of the camera
GROUP = (
    Place(78, 0, (-28, 4, -6), (330, 262), 84, chest=-20),
    Place(73, 2, (22, 6, 7), (722, 232), 88, chest=10),
    Place(41, 0, (-38, 8, 8), (105, 312), 92, chest=-20),
    Place(32, 5, (14, -12, -5), (535, 318), 94, chest=5),
    Place(34, 0, (-8, 10, 10), (893, 310), 88),
    Place(13, 0, (48, -4, -4), (1098, 325), 90, chest=25),
)
GROUP_SIZE = 1200, 500
ALONE = 8, 3  # subject and index
ALONE_SIZE = 320, 320
ANGLES_SIZE = 400, 320
SWING = np.array([[55.0], [18.0], [14.0]])  # largest yaw, pitch, roll
FRAMES, SECONDS = 48, 3.2
CAMERA = Factors(
    p_grey=0, p_blur=0, p_jpeg=0, noise=0.002, p_eyes_closed=0, p_mask=0, p_occluder=0
)


def draw_group(predict: Predict, path: Path) -> list[dict]:
    """Draw six people in a park, and on each the axes of the predicted pose.

    Args:
        predict: Finds the faces and their poses.
        path: The picture to write, a JPEG of 1200×500.

    Returns:
        The faces' records.
    """
    scene = render_scene(
        HeadRenderer(CAMERA), GROUP, sunlight(), park(GROUP_SIZE), SEED, TAKE
    )
    faces = predict(scene.image)
    for face in faces:
        draw_face(scene.image, face)
    write_image(scene.image, path)
    return faces


def draw_turning(predict: Predict, path: Path, frames: int = FRAMES) -> None:
    """Draw a head that turns, and beside it the exact and the predicted angles.

    Args:
        predict: Finds the faces and their poses.
        path: The animation to write, an animated WebP of 720×320.
        frames: Pictures of one round.
    """
    phase = 2 * np.pi * np.arange(frames) / frames
    poses = (SWING * np.sin([phase, 2 * phase + 0.6, phase + 2.0])).T
    render, light, behind = HeadRenderer(CAMERA), sunlight(), park(ALONE_SIZE)
    chart = Chart(poses)
    pictures = []
    for i, pose in enumerate(poses):
        place = Place(*ALONE, pose, (160, 165), 88)
        scene = render_scene(render, [place], light, behind, SEED, TAKE)
        for face in predict(scene.image):
            draw_face(scene.image, face)
            chart.add(i, [face[name] for name in ANGLE_COLORS])
        pictures.append(np.hstack([scene.image, chart.at(i)]))
    write_animation(pictures, path, round(1000 * SECONDS / frames))


def draw_face(image: np.ndarray, face: dict) -> None:
    """Draw a face's axes at the tip of its nose."""
    pose = [face[name] for name in ANGLE_COLORS]
    _, _, nose, _, _ = face['landmarks']
    _, top, _, bottom = face['box']
    draw_axes(image, pose, nose, size=0.65 * (bottom - top), thickness=4)


def sunlight() -> Lights:
    """A low sun from the left, its reflection from behind, and the sky."""
    sky = np.array([0.3, 0.34, 0.42])
    directions = np.array([[-0.7, -0.6, -1.0], [1.0, -0.5, 0.5], [0.6, -0.1, -1.0]])
    return join_lamps(
        ambient=sky,
        gradient=np.outer([0.1, -0.4, -0.1], sky),
        directions=directions / np.linalg.norm(directions, axis=1, keepdims=True),
        colours=np.array([[1.25, 1.06, 0.85], [0.8, 0.72, 0.6], [0.1, 0.12, 0.16]]),
        softness=5.0,
    )


def park(size: tuple[int, int]) -> np.ndarray:
    """(H, W, 3) float32 linear RGB: trees and sky, out of focus."""
    width, height = size
    image = trees(np.random.default_rng(5), width)
    image = cv2.GaussianBlur(image, (0, 0), width / 80)
    top = (width - height) // 2
    return (0.3 / image.mean() * image[top : top + height]).astype(np.float32)


class Chart:
    """Angles over time: lines are exact, dots are predictions.

    Args:
        poses: (T, 3) exact yaw, pitch, roll in degrees.
    """

    def __init__(self, poses: np.ndarray) -> None:
        figure, grid = panels(
            3, 1, width=ANGLES_SIZE[0] / 100, height=ANGLES_SIZE[1] / 300
        )
        self.rows = grid[:, 0]
        for axes, (name, colour), angle in zip(
            self.rows, ANGLE_COLORS.items(), poses.T, strict=True
        ):
            axes.plot(angle, color=colour, lw=1.5)
            axes.set_ylabel(name, color=colour, fontsize=12)
            axes.set(
                xlim=(-0.5, 1.25 * len(poses)), ylim=(-70, 70), yticks=(-45, 0, 45)
            )
            axes.set_xticks([])
            axes.tick_params(labelsize=8)
        self.image = render_figure(figure)
        self.dots: list[tuple[int, list[float]]] = []

    def add(self, time: int, angles: list[float]) -> None:
        """Remember a prediction."""
        self.dots.append((time, angles))

    def at(self, time: int) -> np.ndarray:
        """(H, W, 3) uint8 BGR: the predictions up to a time, the last one in numbers."""
        image = self.image.copy()
        for axes, colour, k in zip(
            self.rows, ANGLE_COLORS.values(), range(3), strict=True
        ):
            bgr = [int(colour[i : i + 2], 16) for i in (5, 3, 1)]
            for i, angles in self.dots:
                x, y = axes.transData.transform((i, angles[k]))
                point = round(x), round(len(image) - y)
                cv2.circle(image, point, 5 if i == time else 3, bgr, -1, cv2.LINE_AA)
            x, y = axes.transAxes.transform((0.84, 0.45))
            where = round(x), round(len(image) - y)
            if self.dots:
                text = f'{angles[k]:+.0f}'
                cv2.putText(image, text, where, 0, 0.75, bgr, 2, cv2.LINE_AA)
        return image


def render_figure(figure) -> np.ndarray:
    """A matplotlib figure as (H, W, 3) uint8 BGR."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return cv2.cvtColor(np.asarray(canvas.buffer_rgba()), cv2.COLOR_RGBA2BGR)


def write_animation(pictures: list[np.ndarray], path: Path, duration: int) -> None:
    """Write an animated WebP that repeats for ever.

    Args:
        pictures: (H, W, 3) uint8 BGR, all of one size.
        path: The file.
        duration: How long each picture is shown, in milliseconds.
    """
    from PIL import Image  # matplotlib, which mmengine brings along, needs it

    first, *rest = (Image.fromarray(picture[..., ::-1]) for picture in pictures)
    with replacing(path) as temporary:
        first.save(
            temporary, 'WEBP', save_all=True, append_images=rest,
            duration=duration, loop=0, quality=80, method=4,
        )  # fmt: skip
