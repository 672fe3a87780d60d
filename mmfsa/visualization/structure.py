"""Draws FSA-Net's fine-grained structures as heatmaps (Fig. 5)."""

import cv2
import numpy as np

from .draw import draw_axes, draw_text

GAP = 6  # pixels between blocks


def draw_structure(
    crop: np.ndarray, pose: np.ndarray, maps: np.ndarray, tile: int = 96
) -> np.ndarray:
    """Draw which pixels each fine-grained structure uses, as in the paper's Fig. 5.

    Row i of M_k becomes K heatmaps, one for each stage (Section 3.5). Each heatmap is
    laid over the face. Each k has a block, and each row of M_k has a column in the block,
    with the deepest stage on top. Blue is a column's smallest value, red its largest.

    Args:
        crop: (H, W, 3) BGR uint8, what the network saw.
        pose: (3,) yaw, pitch, roll in degrees, drawn on the crop in front.
        maps: (K, m, n) the M_k of :class:`mmfsa.models.StructureMaps`, of
            square feature maps.
        tile: Side of a heatmap in pixels.

    Returns:
        (K · tile, width, 3) BGR uint8.
    """
    K, m, n = maps.shape
    side = round((n / K) ** 0.5)
    face = cv2.resize(crop, (tile, tile))
    white = np.full((K * tile, GAP, 3), 255, np.uint8)
    strip = [draw_axes(cv2.resize(crop, (K * tile, K * tile)), pose)]
    for k in range(K):
        columns = []
        for i in range(m):
            row = maps[k, i]
            heat = np.uint8(255 * (row - row.min()) / max(np.ptp(row), 1e-12))
            column = np.vstack([_overlay(face, h) for h in heat.reshape(K, side, side)])
            columns.append(draw_text(column, f'M{k + 1} row {i + 1}', (3, 0), 0.35))
        strip += [white, *columns]
    return np.hstack(strip)


def structure_legend(strip: np.ndarray) -> np.ndarray:
    """A band that explains strips of heatmaps.

    Args:
        strip: (H, W, 3) BGR uint8, what :func:`draw_structure` drew.

    Returns:
        (28, W, 3) BGR uint8.
    """
    width = strip.shape[1]
    band = np.full((28, width, 3), 255, np.uint8)
    ramp = np.tile(np.arange(256, dtype=np.uint8), (12, 1))
    start = 8 + cv2.getTextSize('unused', 0, 0.4, 1)[0][0] + 8
    words = 'used most; each row of heatmaps is a stage, the deepest on top'
    for text, x in (('unused', 8), (words, start + 128 + 8)):
        cv2.putText(band, text, (x, 19), 0, 0.4, (0, 0, 0), 1, cv2.LINE_AA)
    colours = cv2.applyColorMap(cv2.resize(ramp, (128, 12)), cv2.COLORMAP_JET)
    band[8:20, start : start + 128] = colours[:, : max(0, width - start)]
    return band


def _overlay(face: np.ndarray, heat: np.ndarray) -> np.ndarray:
    heat = cv2.resize(heat, face.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return cv2.addWeighted(face, 0.5, cv2.applyColorMap(heat, cv2.COLORMAP_JET), 0.5, 0)
