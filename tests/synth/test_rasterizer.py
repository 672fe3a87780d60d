"""The z-buffer: the nearer triangle is seen, and normals point outwards."""

import numpy as np
import pytest

pytest.importorskip('numba')


def test_the_nearer_triangle_is_seen():
    from mmfsa.synth.rasterizer import rasterize

    corners = [[0, 0], [4, 0], [0, 4]]
    far = [[*corner, 1.0] for corner in corners]
    near = [[0, 0, 2.0], [2, 0, 2.0], [0, 2, 2.0]]
    points = np.array(far + near, np.float32)
    triangles = np.array([[3, 5, 4], [0, 1, 2]], np.int32)  # of both orientations
    nearness, triangle, weights = rasterize(points, triangles, 6, 5)
    expected = [
        [0, 0, 0, 1, 1],
        [0, 0, 1, 1, -1],
        [0, 1, 1, -1, -1],
        [1, 1, -1, -1, -1],
        [1, -1, -1, -1, -1],
        [-1, -1, -1, -1, -1],
    ]
    assert triangle.tolist() == expected
    assert nearness[0, 0] == 2
    assert nearness[4, 0] == 1
    assert weights[0, 4].tolist() == [0, 1]  # the second corner of the far triangle
    assert weights[4, 0].tolist() == [0, 0]  # the third


def test_normals_of_a_tetrahedron_point_outwards():
    from mmfsa.synth.rasterizer import vertex_normals

    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    triangles = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32)
    normals = vertex_normals(vertices, triangles)
    assert np.allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-6)
    assert np.allclose(normals[0], -np.ones(3) / 3**0.5, atol=1e-6)
