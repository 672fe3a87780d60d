import cv2
import numpy as np

from mmfsa.structures import pose_to_matrix

RED, GREEN, BLUE = (0, 0, 255), (0, 255, 0), (255, 0, 0)


def draw_axes(
    img: np.ndarray,
    pose: np.ndarray,
    center: tuple[float, float] | None = None,
    size: float | None = None,
    thickness: int = 2,
) -> np.ndarray:
    """Draw the head's axes as the paper's Fig. 4 does.

    Blue points where the face looks, green down, red to the side (the image's right of
    a frontal face); they are projected along the camera's axis.

    Args:
        img: (H, W, 3) BGR uint8, not written to.
        pose: (3,) yaw, pitch, roll in degrees.
        center: Where the axes meet, (x, y) in pixels; the image's middle by default.
        size: Length of an axis in the image's plane, in pixels; a third of the image's
            smaller side by default.
        thickness: Of the lines, in pixels.

    Returns:
        (H, W, 3) BGR uint8.
    """
    img = img.copy()
    height, width = img.shape[:2]
    center = np.array((width / 2, height / 2) if center is None else center)
    size = min(height, width) / 3 if size is None else size
    side, down, back = np.asarray(pose_to_matrix(pose), dtype=np.float64).T
    axes = [(side, RED), (down, GREEN), (-back, BLUE)]
    # What is nearer to the camera covers what is farther.
    for axis, color in sorted(axes, key=lambda pair: -pair[0][2]):
        end = center + size * axis[:2]
        start, stop = (tuple(np.rint(p).astype(int).tolist()) for p in (center, end))
        cv2.line(img, start, stop, color, thickness, cv2.LINE_AA)
    return img
