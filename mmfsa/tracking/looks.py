"""What faces look like, in few numbers: enough to tell the faces of one scene apart."""

import numpy as np

from mmfsa.utils.images import shrink

SIDE = 8  # pixels


def looks_of(image: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """What the faces of an image look like: small pictures without their mean colour.

    Args:
        image: (H, W, 3) BGR uint8.
        boxes: (n, 4) x1, y1, x2, y2 in pixels.

    Returns:
        (n, d) of unit length. The product of two is their correlation, in [-1, 1].
    """
    height, width = image.shape[:2]
    corners = np.clip(np.rint(boxes), 0, [width, height] * 2).astype(int)
    looks = np.zeros((len(boxes), SIDE, SIDE, 3), np.float32)
    for look, (x1, y1, x2, y2) in zip(looks, corners, strict=True):
        part = image[y1:y2, x1:x2]
        if part.size:
            look[:] = shrink(part, (SIDE, SIDE), samples=4)
    looks -= looks.mean(axis=(1, 2), keepdims=True)
    flat = looks.reshape(len(boxes), 3 * SIDE**2)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
