"""Lays many images out on one sheet."""

from collections.abc import Sequence

import cv2
import numpy as np

from .draw import draw_text


def contact_sheet(
    images: Sequence[np.ndarray],
    tile: int = 160,
    columns: int = 8,
    labels: Sequence[str] = (),
) -> np.ndarray:
    """Lay images out in rows. Each image is scaled to fit a square.

    Args:
        images: (H, W, 3) BGR uint8, at least one.
        tile: Side of a square in pixels.
        columns: Number of images in a row.
        labels: ASCII text for the foot of each square, if there is some.

    Returns:
        (rows · tile, columns · tile, 3) BGR uint8, black where there is no image.
    """
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    sheet = np.zeros((rows * tile, columns * tile, 3), np.uint8)
    for i, image in enumerate(images):
        scale = tile / max(image.shape[:2])
        width, height = (max(1, round(s * scale)) for s in image.shape[1::-1])
        small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        y = i // columns * tile + (tile - height) // 2
        x = i % columns * tile + (tile - width) // 2
        sheet[y : y + height, x : x + width] = small
        if labels:
            top, left = i // columns * tile, i % columns * tile
            square = sheet[top : top + tile, left : left + tile]
            draw_text(square, labels[i], (4, tile), tile / 480)
    return sheet
