"""Finds the triangle in front at every pixel: a z-buffer in numba.

It is fast enough for a loader's worker to render while it loads. Rows are read number by
number: to unpack a row, compiled code would first count its numbers.
"""

import numpy as np

from .compiled import compiled, inlined

ONE = np.float32(1)  # a whole 1 would make it all float64
SLACK = np.float32(1e-4)  # pixels: a centre on an edge belongs to both its triangles


@inlined
def clip_span(
    low: float, high: float, offset: float, slope: float
) -> tuple[float, float]:
    """The part of [low, high] where ``offset + slope · x`` is not negative."""
    if slope > 0:
        return max(low, -offset / slope - SLACK), high
    if slope < 0:
        return low, min(high, -offset / slope + SLACK)
    return low, high if offset >= 0 else low - ONE


@compiled
def rasterize(
    points: np.ndarray, triangles: np.ndarray, height: int, width: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The front-most triangle of every pixel.

    Args:
        points: (V, 3) float32 x and y in pixels, with pixel centres at whole numbers,
            and nearness. The larger nearness hides the smaller one (1 / z under
            perspective).
        triangles: (T, 3) int32 vertex indices. Both sides are drawn.
        height: Height of the image in pixels.
        width: Width of the image in pixels.

    Returns:
        Nearness (H, W) float32, −1e9 where nothing is; triangle (H, W) int32, −1 where
        nothing is; weights (H, W, 2) float32 of the triangle's first two vertices.
    """
    nearness = np.full((height, width), -1e9, np.float32)
    triangle = np.full((height, width), -1, np.int32)
    weights = np.zeros((height, width, 2), np.float32)
    for t in range(len(triangles)):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay, az = points[a, 0], points[a, 1], points[a, 2]
        bx, by, bz = points[b, 0], points[b, 1], points[b, 2]
        cx, cy, cz = points[c, 0], points[c, 1], points[c, 2]
        left = max(int(np.ceil(min(ax, bx, cx))), 0)
        right = min(int(np.floor(max(ax, bx, cx))), width - 1)
        top = max(int(np.ceil(min(ay, by, cy))), 0)
        bottom = min(int(np.floor(max(ay, by, cy))), height - 1)
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if left > right or top > bottom or area == 0:
            continue
        u_x, u_y = (by - cy) / area, (cx - bx) / area
        v_x, v_y = (cy - ay) / area, (ax - cx) / area
        w_x, w_y = -u_x - v_x, -u_y - v_y
        for y in range(top, bottom + 1):
            down = np.float32(y) - cy
            u_c, v_c, w_c = u_y * down, v_y * down, ONE + w_y * down
            # The span where no weight is negative. To test every pixel takes longer.
            low = np.float32(left) - cx - SLACK
            high = np.float32(right) - cx + SLACK
            low, high = clip_span(low, high, u_c, u_x)
            low, high = clip_span(low, high, v_c, v_x)
            low, high = clip_span(low, high, w_c, w_x)
            first, last = int(np.ceil(low + cx)), int(np.floor(high + cx))
            for x in range(max(first, left), min(last, right) + 1):
                across = np.float32(x) - cx
                u, v = u_c + u_x * across, v_c + v_x * across
                near = u * az + v * bz + (ONE - u - v) * cz
                if near > nearness[y, x]:
                    nearness[y, x] = near
                    triangle[y, x] = t
                    weights[y, x, 0] = u
                    weights[y, x, 1] = v
    return nearness, triangle, weights


@compiled
def vertex_normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """The normals of a mesh.

    Args:
        vertices: (V, 3) float32.
        triangles: (T, 3) int32.

    Returns:
        (V, 3) float32 unit normals: each the mean of its triangles' normals, weighted by
        their areas.
    """
    normals = np.zeros_like(vertices)
    for t in range(len(triangles)):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay, az = vertices[a, 0], vertices[a, 1], vertices[a, 2]
        ux, uy, uz = vertices[b, 0] - ax, vertices[b, 1] - ay, vertices[b, 2] - az
        vx, vy, vz = vertices[c, 0] - ax, vertices[c, 1] - ay, vertices[c, 2] - az
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for v in (a, b, c):
            normals[v, 0] += nx
            normals[v, 1] += ny
            normals[v, 2] += nz
    for v in range(len(normals)):
        x, y, z = normals[v, 0], normals[v, 1], normals[v, 2]
        length = max(np.sqrt(x * x + y * y + z * z), np.float32(1e-9))
        for k in range(3):
            normals[v, k] /= length
    return normals
