"""The surface of the mean head as points with normals, for methods that see depth."""

import numpy as np

from .asset import HeadAsset, Part
from .depth import MM
from .rasterizer import vertex_normals

CELL = 7.0  # mm: one point in every cube of this side
OPEN, INSIDE = 0.25, 0.5  # a point sees more of the sky, and is less inside the mouth
FACE = -80.0, 55.0  # mm: the face lies below this height, and before this depth


def head_surface(asset: HeadAsset) -> np.ndarray:
    """Points of the skull's skin, evenly spread.

    Args:
        asset: The head asset.

    Returns:
        (N, 7) x, y, z in millimetres in the frame of the rendered head; the outward normal;
        and 1 in the face, 0 for scalp and ears, which hair covers or changes.
    """
    points = MM * asset.mean.astype(np.float64)
    normals = vertex_normals(asset.mean, asset.triangles)
    outward = np.sign(np.sum(normals * (points - points.mean(0))))
    good = (asset.follow == 1) & (asset.openness > OPEN) & (asset.mouth < INSIDE)
    good[np.setdiff1d(asset.triangles, asset.triangles[asset.part == Part.SKIN])] = (
        False
    )
    index = np.flatnonzero(good)
    cells = np.floor(points[index] / CELL)
    index = index[np.unique(cells, axis=0, return_index=True)[1]]
    points, normals = points[index], outward * normals[index]
    face = (
        (points[:, 1] > FACE[0]) & (points[:, 2] < FACE[1]) & (asset.ears[index] < 0.5)
    )
    return np.column_stack([points, normals, face])
