"""A renderer for all tests, and the faces of AFLW2000 that heads are compared with."""

import numpy as np
import pytest
from scipy.io import loadmat

from mmfsa.structures import matrix_to_pose, pose_to_matrix
from mmfsa.structures.rotation import pose_para_to_pose


@pytest.fixture(scope='session')
def renderer(renderer_of):
    return renderer_of(96)


@pytest.fixture(scope='session')
def asset(renderer):
    return renderer.asset


@pytest.fixture(scope='session')
def aflw2000(shared):
    """Poses (N, 3) in degrees and 3D landmarks (N, 68, 3) of the faces within ±99°."""
    mats = [loadmat(p) for p in sorted((shared / 'data' / 'AFLW2000').glob('*.mat'))]
    poses = np.array([pose_para_to_pose(mat['Pose_Para'][0]) for mat in mats])
    points = np.array([mat['pt3d_68'].T * [1, 1, -1] for mat in mats])
    within = np.abs(poses).max(axis=1) <= 99
    return poses[within], points[within]


@pytest.fixture(scope='session')
def mean_face(aflw2000):
    """(68, 3) the mean of AFLW2000's landmarks, of unit norm, after undoing the pose."""
    shapes = []
    for pose, points in zip(*aflw2000, strict=True):
        shape = (points - points.mean(0)) @ pose_to_matrix(pose)
        shapes.append(shape / np.linalg.norm(shape))
    return np.mean(shapes, 0)


@pytest.fixture(scope='session')
def fit_and_turn():
    """Fit points to points: the fitted points, and the pose by which they were turned."""
    from mmfsa.synth.asset import fit

    def run(source, target):
        scale, rotation, shift = fit(source, target)
        return scale * source @ rotation.T + shift, matrix_to_pose(rotation)

    return run
