"""Draws a head's pose, a box or text. All functions change the image that they get."""

from collections.abc import Sequence

import cv2
import numpy as np

from mmfsa.structures import pose_to_matrix

RED, GREEN, BLUE = (0, 0, 255), (0, 255, 0), (255, 0, 0)
WHITE = 255, 255, 255
PLATE = 0.3  # how much of the image is seen through the plate of a text
SCREEN = 1800  # pixels of an image's longer side to a scale of 1
CUBE_LEGEND = ('face', GREEN), ('back of the head', RED)
LEGEND_GAP = '   '  # for the square of a legend's colour


def draw_axes(
    img: np.ndarray,
    pose: np.ndarray,
    center: tuple[float, float] | None = None,
    size: float | None = None,
    thickness: int = 2,
) -> np.ndarray:
    """Draw the head's axes as the paper's Fig. 4 does.

    Blue points where the face looks, green points down, red points to the side (the
    image's right for a frontal face). The axes are projected along the camera's axis.

    Args:
        img: (H, W, 3) BGR uint8, drawn on.
        pose: (3,) yaw, pitch, roll in degrees.
        center: Where the axes meet, (x, y) in pixels; the image's middle by default.
        size: Length of an axis in the image's plane, in pixels; a third of the image's
            smaller side by default.
        thickness: Thickness of the lines in pixels.

    Returns:
        ``img``
    """
    height, width = img.shape[:2]
    center = np.array((width / 2, height / 2) if center is None else center)
    size = min(height, width) / 3 if size is None else size
    side, down, back = _axes(pose)
    axes = [(side, RED), (down, GREEN), (-back, BLUE)]
    # A nearer axis covers a farther one.
    for axis, color in sorted(axes, key=lambda pair: -pair[0][2]):
        _line(img, center, center + size * axis[:2], color, thickness)
    return img


def draw_cube(
    img: np.ndarray,
    pose: np.ndarray,
    center: tuple[float, float],
    size: float,
    thickness: int = 2,
) -> np.ndarray:
    """Draw a cube around the head: green where the face looks, and red behind.

    Args:
        img: (H, W, 3) BGR uint8, drawn on.
        pose: (3,) yaw, pitch, roll in degrees.
        center: The cube's middle, (x, y) in pixels.
        size: Length of an edge in the image's plane, in pixels.
        thickness: Thickness of the lines in pixels.

    Returns:
        ``img``
    """
    side, down, back = _axes(pose) * size / 2
    square = [-side - down, side - down, side + down, -side + down]
    front, behind = (
        [np.array(center) + (corner + shift)[:2] for corner in square]
        for shift in (-back, back)
    )
    edges = [(near, far, BLUE) for near, far in zip(front, behind, strict=True)]
    for corners, color in ((behind, RED), (front, GREEN)):
        edges += [(corners[i - 1], corners[i], color) for i in range(4)]
    for start, stop, color in edges:
        _line(img, start, stop, color, thickness)
    return img


def draw_box(
    img: np.ndarray,
    box: np.ndarray,
    label: str | Sequence[str] = '',
    thickness: int = 1,
    below: str = '',
) -> np.ndarray:
    """Draw a box, a label at its top, and another one below it.

    Args:
        img: (H, W, 3) BGR uint8, drawn on.
        box: (4,) x1, y1, x2, y2 in pixels.
        label: The text, or its parts. Its size follows the box's size. Parts that are much
            wider than the box together stand in lines of their own.
        thickness: Thickness of the lines in pixels.
        below: The text below the box.

    Returns:
        ``img``
    """
    left, top, right, bottom = _pixels(box)
    cv2.rectangle(img, (left, top), (right, bottom), WHITE, thickness, cv2.LINE_AA)
    scale = np.clip((right - left) / 260, text_scale(img), 4)
    lines = [label] if isinstance(label, str) else [' '.join(label)]
    if _text_size(lines[0], scale)[0] > 2.2 * (right - left):
        lines = [label] if isinstance(label, str) else label
    top = max(top, round(32 * scale) * len(lines))
    for i, line in enumerate(reversed(lines)):
        draw_text(img, line, (left, top - round((10 + 32 * i) * scale)), scale)
    if below:
        draw_text(img, below, (left, bottom + round(32 * scale)), scale)
    return img


def text_scale(img: np.ndarray) -> float:
    """The size of letters that can still be read where the image fills a screen.

    Args:
        img: (H, W, 3) the image.
    """
    return max(0.4, max(img.shape[:2]) / SCREEN)


def draw_text(
    img: np.ndarray, text: str, start: tuple[int, int], scale: float
) -> np.ndarray:
    """Write white text on a dark plate. It is moved, and made smaller, until it fits into
    the image.

    Args:
        img: (H, W, 3) BGR uint8, drawn on.
        text: ASCII text; nothing is drawn without it.
        start: Left end of the text's base line, (x, y) in pixels.
        scale: Size of the letters. At 1, they are 22 pixels high.

    Returns:
        ``img``
    """
    if not text:
        return img
    edge = max(1, round(4 * scale))
    width, height, below, thickness = _text_size(text, scale)
    if width + 2 * edge > img.shape[1]:
        scale *= max(1, img.shape[1] - 2 * edge) / width
        width, height, below, thickness = _text_size(text, scale)
    x = max(edge, min(start[0], img.shape[1] - width - edge))
    y = max(height + edge, min(start[1], img.shape[0] - below - edge))
    rows = slice(max(0, y - height - edge), y + below + edge)
    columns = slice(max(0, x - edge), x + width + edge)
    img[rows, columns] = (img[rows, columns] * PLATE).astype(np.uint8)
    cv2.putText(img, text, (x, y), 0, scale, WHITE, thickness, cv2.LINE_AA)
    return img


def draw_legend(
    img: np.ndarray, entries: Sequence[tuple[str, tuple[int, int, int]]]
) -> np.ndarray:
    """Say at the lower left of an image what its colours mean.

    Args:
        img: (H, W, 3) BGR uint8, drawn on.
        entries: A word and its colour, BGR, for each line.

    Returns:
        ``img``
    """
    scale = text_scale(img)
    sizes = [_text_size(text, scale) for text, _ in entries]
    line = max(height + below for _, height, below, _ in sizes) + round(6 * scale)
    # In a small image the legend would cover what it explains.
    if 3 * line * len(entries) > img.shape[0]:
        return img
    for i, (text, color) in enumerate(reversed(entries)):
        y = img.shape[0] - line * i - round(10 * scale)
        draw_text(img, f'{LEGEND_GAP}{text}', (round(6 * scale), y), scale)
        side = round(14 * scale)
        start = round(10 * scale)
        cv2.rectangle(img, (start, y - side), (start + side, y), color, cv2.FILLED)
    return img


def _text_size(text: str, scale: float) -> tuple[int, int, int, int]:
    """Width, height above and below the base line, and thickness of text in pixels."""
    thickness = max(1, round(1.5 * scale))
    (width, height), below = cv2.getTextSize(text, 0, scale, thickness)
    return width, height, below, thickness


def _axes(pose: np.ndarray) -> np.ndarray:
    """The head's three axes (3, 3), one a row: to its side, down, back."""
    return np.asarray(pose_to_matrix(pose), dtype=np.float64).T


def _pixels(point: np.ndarray) -> list[int]:
    return np.rint(point).astype(int).tolist()


def _line(img, start, stop, color, thickness) -> None:
    cv2.line(img, _pixels(start), _pixels(stop), color, thickness, cv2.LINE_AA)
