"""Dlib's landmarks: the box and the points of a stub in dlib's place, and saved points."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mmfsa.landmarks import HeadPoints, solve
from mmfsa.landmarks.solvers import default_camera
from mmfsa.methods import Dlib68, LandmarkMethod
from mmfsa.structures import Faces, Frame, matrix_to_pose

SAVED = 'reference/rivals/parity/aflw500_dlib_pts.npz'


class Stub:
    """A package whose predictor puts points along the diagonal of the box."""

    num = 68
    seen = ()

    @staticmethod
    def rectangle(*box):
        return box

    def shape_predictor(self, path):
        if Path(path).read_bytes() == b'bad':
            raise RuntimeError('Unexpected version found')

        def predict(image, box):
            Stub.seen = image, box
            x, y = np.linspace(box[:2], box[2:], self.num).T
            points = [SimpleNamespace(x=a, y=b) for a, b in zip(x, y, strict=True)]
            return SimpleNamespace(parts=lambda: points)

        return predict


@pytest.fixture
def weights(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, 'dlib', Stub())
    path = tmp_path / 'shape_predictor_68_face_landmarks.dat'
    path.write_bytes(b'trees')
    return path


def test_dlib_sees_the_whole_picture_and_a_box(weights, image):
    finder = Dlib68(weights)
    found = finder.predict(Frame(image), Faces([[10, 10, 40, 30]], 'landmarks68'))
    picture, box = Stub.seen
    assert (picture == image[..., ::-1]).all()  # RGB
    assert found.extras['crop_box'] == [(9, 2, 41, 33)]
    assert box == (9, 2, 40, 32)  # dlib's end is inclusive
    assert found.extras['landmarks'].shape == (1, 68, 2)
    assert not found.valid.any()
    none = finder.predict(Frame(image), Faces(np.empty((0, 4)), 'landmarks68'))
    assert none.extras['landmarks'].shape == (0, 68, 2)
    # Points in a line have no pose.
    poses = LandmarkMethod(network=finder).predict(
        Frame(image), Faces([[10, 10, 40, 30]], 'landmarks68')
    )
    assert not poses.valid.any()


def test_other_files_are_refused(weights, monkeypatch):
    monkeypatch.setattr(Stub, 'num', 5)
    with pytest.raises(ValueError, match='finds 5 landmarks, not 68'):
        Dlib68(weights)
    weights.write_bytes(b'bad')
    with pytest.raises(ValueError, match='is no shape predictor of dlib'):
        Dlib68(weights)
    with pytest.raises(FileNotFoundError, match='give shape_predictor_68'):
        Dlib68()


def test_a_missing_dlib_is_named(weights, monkeypatch):
    monkeypatch.setitem(sys.modules, 'dlib', None)
    with pytest.raises(ImportError, match=r"pip install 'mmfsa\[dlib\]'"):
        Dlib68(weights)


def test_saved_points_score_like_the_row_of_the_paper(photo, shared):
    points, camera = HeadPoints(pitch=3), default_camera((450, 450), 2)
    saved = np.load(shared / SAVED)['box']
    errors = []
    for number in photo.numbers:
        pose = np.array(photo.pose(number))
        if np.abs(pose).max() <= 99:
            fit, _ = solve('pnp', saved[number].astype(float), points.xyz, camera)
            errors.append(np.abs(matrix_to_pose(fit.rotation) - pose))
    assert len(errors) == 491
    assert np.mean(errors) == pytest.approx(13.8, abs=0.35)


@pytest.mark.slow
def test_the_real_predictor(photo, shared):
    """With dlib, and its file where `DLIB_DATA` says or Debian's libdlib-data has it."""
    pytest.importorskip('dlib')
    folder = Path(os.environ.get('DLIB_DATA', '/usr/share/dlib'))
    path = folder / 'shape_predictor_68_face_landmarks.dat'
    if not path.is_file():
        pytest.skip(f'{path} is not there')
    finder = Dlib68(path)
    saved = np.load(shared / SAVED)['box']
    close = 0
    for number in photo.numbers[:10]:
        frame, face, _ = photo(number)
        (landmarks,) = finder.predict(frame, face).extras['landmarks']
        # Faces in profile lead the trees astray, each box to other places.
        close += np.abs(landmarks - saved[number]).mean() < 3
    assert close >= 6
