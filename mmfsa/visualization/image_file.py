"""Writes an image file, and reports when it fails."""

from pathlib import Path

import cv2
import numpy as np

from mmfsa.utils.files import replacing


def write_image(image: np.ndarray, path: str | Path) -> None:
    """Write an image in the format of the path's suffix.

    OpenCV's own `imwrite` fails on some paths without an error.

    Args:
        image: (H, W, 3) BGR uint8.
        path: The file.

    Raises:
        ValueError: If OpenCV can't write files with this suffix, or this image.
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
