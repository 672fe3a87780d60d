"""Draws the faces of a picture with their poses, and shows the picture in a window."""

import os
import sys
from collections.abc import Sequence

import cv2
import numpy as np

from mmfsa.structures import ANGLES, FaceSample, matrix_to_pose, pose_to_matrix

from .draw import CUBE_LEGEND, draw_axes, draw_box, draw_cube, draw_legend
from .landmarks import draw_landmarks, draw_mesh
from .structure import draw_structure, structure_legend

DRAW = 'axes', 'cube', 'structure', 'landmarks', 'mesh'
QUIT_KEYS = ord('q'), 27
SMALLEST = 160  # pixels; faces without surroundings are enlarged to it


def check_draw(draw: str) -> str:
    """How a pose is drawn, if it is one of :data:`DRAW`.

    Raises:
        ValueError: It is another word.
    """
    if draw not in DRAW:
        raise ValueError(f'draw must be one of {", ".join(DRAW)}, got {draw!r}')
    return draw


def draw_faces(
    img: np.ndarray,
    samples: Sequence[FaceSample],
    draw: str = 'axes',
    draw_gt: bool = True,
    draw_pred: bool = True,
) -> np.ndarray:
    """Draw the faces of a picture.

    Args:
        img: (H, W, 3) BGR uint8, drawn on.
        samples: The faces, or data samples of faces. A face with a `box` is drawn at the
            box. For a face without a `box`, the image is the face.
        draw: `axes` or `cube`; `landmarks` or `mesh`, the points that a face has or the
            triangles between them; or `structure`, heatmaps of the fine-grained
            structures in place of the image.
        draw_gt: Draw `gt_pose` in thin lines, if a face has one.
        draw_pred: Draw `pred_pose`, if a face has one.

    Returns:
        The picture (H, W, 3) BGR uint8: `img`, or a new one.
    """
    if draw == 'structure':
        strips = [_strip(sample) for sample in samples if 'structure' in sample]
        return np.vstack([*strips, structure_legend(strips[0])]) if strips else img
    for sample in samples:
        img = _draw_face(img, sample, draw, draw_gt, draw_pred)
    return draw_legend(img, CUBE_LEGEND) if draw == 'cube' and len(samples) else img


def show_picture(img: np.ndarray, name: str, wait_time: float = 0) -> None:
    """Show a picture in a window. The keys q and Escape interrupt the program.

    Args:
        img: (H, W, 3) BGR uint8.
        name: The window's name. Each name has its own window.
        wait_time: How long to wait, in seconds; 0 waits for a key.

    Raises:
        OSError: If there is no display, or this OpenCV shows no windows.
        KeyboardInterrupt: If q or Escape is pressed.
    """
    if sys.platform == 'linux' and not {'DISPLAY', 'WAYLAND_DISPLAY'} & {*os.environ}:
        raise OSError('there is no display to show pictures on: write them to files')
    try:
        cv2.imshow(name, img)
    except cv2.error as e:
        raise OSError(f'this OpenCV shows no windows: write files ({e})') from e
    if cv2.waitKey(int(np.ceil(wait_time * 1000))) in QUIT_KEYS:
        raise KeyboardInterrupt


def _draw_face(
    img: np.ndarray,
    sample: FaceSample,
    draw: str,
    draw_gt: bool,
    draw_pred: bool,
) -> np.ndarray:
    poses = []
    if draw_gt and 'gt_pose' in sample:
        poses.append((sample.gt_pose, True))
    if draw_pred and 'pred_pose' in sample and sample.get('valid', True):
        poses.append((sample.pred_pose, False))
    if 'box' in sample:
        box = np.array(sample.box)
    else:
        factor = int(np.ceil(SMALLEST / min(img.shape[:2])))
        img = np.repeat(np.repeat(img, factor, axis=0), factor, axis=1)
        box = np.array([0, 0, img.shape[1], img.shape[0]])
    center = (box[:2] + box[2:]) / 2
    size = np.ptp(box.reshape(2, 2), axis=0).max()
    least = round(max(img.shape[:2]) / 1000)
    thickness = max(1, least, round(size / 80))
    label = _label(sample, poses[-1][0]) if poses else ''
    draw_box(img, box, label, max(1, thickness // 2), _position(sample))
    if draw in ('landmarks', 'mesh'):
        return _draw_points(img, sample, draw, thickness)
    for pose, is_gt in poses:
        pose = _seen(sample, pose)
        width = max(1, least) if is_gt else thickness
        if draw == 'axes':
            draw_axes(img, pose, center, size * 0.6, width)
        else:
            draw_cube(img, pose, center, size * 0.8, width)
    return img


def _draw_points(
    img: np.ndarray, sample: FaceSample, draw: str, thickness: int
) -> np.ndarray:
    """Draw the landmarks of a face, if it has some."""
    points = sample.get('landmarks')
    if points is None:
        return img
    if draw == 'mesh':
        return draw_mesh(img, points, max(1, thickness // 3))
    # 468 points would cover the face as large as 5.
    return draw_landmarks(img, points, thickness * min(1, 10 / len(points) ** 0.5))


def _seen(sample: FaceSample, pose: np.ndarray) -> np.ndarray:
    """The pose as the image shows it: a face at the side looks turned to its camera."""
    if 'to_ray' not in sample:
        return pose
    return matrix_to_pose(sample.to_ray @ pose_to_matrix(np.asarray(pose)))


def _label(sample: FaceSample, pose: np.ndarray) -> list[str]:
    angles = [f'{name} {a:+.0f}' for name, a in zip(ANGLES, pose, strict=True)]
    track_id = sample.get('track_id')
    return angles if track_id is None else [f'#{track_id}', *angles]


def _position(sample: FaceSample) -> str:
    """The position in words, of a head that a known camera sees."""
    if 'relative_to' not in sample or not np.isfinite(sample.translation).all():
        return ''
    return 'at {:.0f},{:.0f},{:.0f} mm'.format(*sample.translation)


def _strip(sample: FaceSample) -> np.ndarray:
    pose = _seen(sample, sample.pred_pose)
    return draw_structure(sample.crop, pose, sample.structure)
