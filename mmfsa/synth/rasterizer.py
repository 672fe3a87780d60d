"""A z-buffer in numba: fast enough that a loader's worker renders as it goes."""

import numpy as np

from .compiled import compiled


@compiled
def rasterize(
    points: np.ndarray, triangles: np.ndarray, height: int, width: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The front-most triangle of every pixel.

    Args:
        points: (V, 3) float32 x, y in pixels, pixel centres at whole numbers, and
            nearness, of which the larger hides the smaller (1 / z under perspective).
        triangles: (T, 3) int32 vertex indices; both sides are drawn.
        height: Of the image.
        width: Of the image.

    Returns:
        nearness (H, W) float32, −1e9 where nothing is; triangle (H, W) int32, −1 where
        nothing is; weights (H, W, 2) float32 of the triangle's first two vertices.
    """
    nearness = np.full((height, width), -1e9, np.float32)
    triangle = np.full((height, width), -1, np.int32)
    weights = np.zeros((height, width, 2), np.float32)
    for t in range(len(triangles)):
        a, b, c = triangles[t]
        ax, ay, az = points[a]
        bx, by, bz = points[b]
        cx, cy, cz = points[c]
        left = max(int(np.ceil(min(ax, bx, cx))), 0)
        right = min(int(np.floor(max(ax, bx, cx))), width - 1)
        top = max(int(np.ceil(min(ay, by, cy))), 0)
        bottom = min(int(np.floor(max(ay, by, cy))), height - 1)
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if left > right or top > bottom or area == 0:
            continue
        u_x, u_y = (by - cy) / area, (cx - bx) / area
        v_x, v_y = (cy - ay) / area, (ax - cx) / area
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                u = u_x * (x - cx) + u_y * (y - cy)
                v = v_x * (x - cx) + v_y * (y - cy)
                if u >= 0 and v >= 0 and u + v <= 1:
                    near = u * az + v * bz + (1 - u - v) * cz
                    if near > nearness[y, x]:
                        nearness[y, x] = near
                        triangle[y, x] = t
                        weights[y, x, 0] = u
                        weights[y, x, 1] = v
    return nearness, triangle, weights


@compiled
def vertex_normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(V, 3) unit normals, each the area-weighted mean of its triangles'."""
    normals = np.zeros_like(vertices)
    for t in range(len(triangles)):
        a, b, c = triangles[t]
        ax, ay, az = vertices[a]
        bx, by, bz = vertices[b]
        cx, cy, cz = vertices[c]
        ux, uy, uz = bx - ax, by - ay, bz - az
        vx, vy, vz = cx - ax, cy - ay, cz - az
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for v in (a, b, c):
            normals[v, 0] += nx
            normals[v, 1] += ny
            normals[v, 2] += nz
    for v in range(len(normals)):
        x, y, z = normals[v]
        normals[v] /= max(np.sqrt(x * x + y * y + z * z), 1e-9)
    return normals
