"""The solvers recover poses from exact pixels, and stay in front of the camera."""

import numpy as np
import pytest

from mmfsa.landmarks import (
    SOLVERS,
    Fit,
    HeadPoints,
    pnp,
    posit,
    solve,
    weak_perspective,
)
from mmfsa.landmarks.solvers import default_camera, project, project_orthographic
from mmfsa.structures import Camera, geodesic_distance, pose_to_matrix

POINTS = HeadPoints().xyz
FLAT = [name for name, solver in SOLVERS.items() if not solver.depth]
CAMERAS = [
    Camera(500, 500, 320, 240),
    Camera(1800, 1750, 610, 330),
    default_camera((450, 450)),
]


def heads(num, seed=0):
    """Random heads before random cameras, as they project: (fit, camera, pixels)."""
    random = np.random.default_rng(seed)
    for i in range(num):
        camera = CAMERAS[i % len(CAMERAS)]
        pose = random.uniform([-90, -60, -60], [90, 60, 60])
        depth = random.uniform(4, 20) * 100
        at = np.array([*random.uniform(-0.2, 0.2, 2), 1.0]) * depth
        fit = Fit(pose_to_matrix(pose), at)
        yield fit, camera, project(fit, POINTS, camera)


def worst(num, noise, solver, seed=0):
    """The median and the largest error of rotations in degrees, and of translations."""
    random = np.random.default_rng(seed + 1)
    degrees, shares = [], []
    for fit, camera, pixels in heads(num, seed):
        size = np.sqrt(np.ptp(pixels, axis=0).prod())
        blurred = pixels + random.normal(size=pixels.shape) * noise * size / 100
        found = solver(blurred, POINTS, camera)
        assert found.translation[2] > 0
        degrees.append(geodesic_distance(found.rotation, fit.rotation))
        apart = np.linalg.norm(found.translation - fit.translation)
        shares.append(apart / np.linalg.norm(fit.translation))
    return np.median(degrees), max(degrees), max(shares)


def test_exact_pixels_give_the_exact_pose():
    _, degrees, share = worst(150, 0, pnp)
    assert degrees < 1e-3
    assert share < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize('noise', [0, 1, 2])  # per cent of the face's size
def test_ten_thousand_heads(noise):
    median, degrees, _ = worst(10_000, noise, pnp, seed=noise)
    assert median < 0.01 + 0.7 * noise
    assert degrees < 0.01 + 8 * noise


def test_noise_moves_the_pose_a_little():
    median, degrees, _ = worst(100, 1, pnp)
    assert 0.1 < median < 0.7
    assert degrees < 8


def test_posit_converges_to_the_same_pose():
    """It takes the head's depth for small against its distance."""
    far = [h for h in heads(60) if h[0].translation[2] > 800]
    assert len(far) > 20
    for fit, camera, pixels in far:
        found = posit(pixels, POINTS, camera)
        assert geodesic_distance(found.rotation, fit.rotation) < 1
        assert np.abs(found.translation - fit.translation).max() < 30


def test_weak_perspective_is_exact_for_orthographic_pixels():
    for fit, camera, _ in heads(30):
        pixels = project_orthographic(fit, POINTS, camera)
        found = weak_perspective(pixels, POINTS, camera)
        assert geodesic_distance(found.rotation, fit.rotation) < 1e-4
        np.testing.assert_allclose(found.translation, fit.translation, rtol=1e-6)


def test_weak_perspective_is_the_nearest_rotation_of_the_affine_fit():
    _, camera, pixels = next(heads(1))
    middle, centre = pixels.mean(0), POINTS.mean(0)
    affine = np.linalg.lstsq(POINTS - centre, pixels - middle, rcond=None)[0].T
    u, _, vt = np.linalg.svd(affine, full_matrices=False)
    found = weak_perspective(pixels, POINTS, camera)
    np.testing.assert_allclose(found.rotation[:2], u @ vt, atol=1e-9)


def test_no_face_of_aflw2000_lands_behind_the_camera(aflw2000_landmarks):
    camera = default_camera((450, 450), 1)
    for landmarks in aflw2000_landmarks:
        for name in FLAT:
            fit, error = solve(name, landmarks, POINTS, camera)
            assert fit.translation[2] > 0
            assert fit.rotation[2, 2] > -0.3
            assert error < 0.1


@pytest.mark.parametrize('slope', [[1, 0], [1, 0.5], [0, 0]])
@pytest.mark.parametrize('name', FLAT)
def test_pixels_in_a_line_fit_no_pose(name, slope):
    line = 7 + np.linspace(0, 100, 68)[:, None] * slope
    line += np.random.default_rng(0).normal(size=line.shape) * np.any(slope) / 100
    with pytest.raises(ValueError, match='no pose fits the landmarks: they lie in a'):
        solve(name, line, POINTS, CAMERAS[0])
