"""Writes an image file, and reports when it fails."""

from pathlib import Path

import cv2
import numpy as np

from mmfsa.utils.files import replacing


def write_image(image: np.ndarray, path: str | Path) -> None:
    """Write an image (H, W, 3), BGR uint8, in the format of the path's suffix.

    OpenCV's own `imwrite` fails on some paths without saying so.

    Raises:
        ValueError: If OpenCV does not write such files.
    """
    path = Path(path)
    try:
        written, data = cv2.imencode(path.suffix, image)
    except cv2.error as e:
        raise ValueError(f'{path}: OpenCV writes no such image') from e
    if not written:
        raise ValueError(f'{path}: OpenCV writes no such image of {image.shape}')
    with replacing(path) as temporary:
        temporary.write_bytes(data)
