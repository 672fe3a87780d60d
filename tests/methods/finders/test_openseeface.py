"""OpenSeeFace's landmarks: its decoding, its points on faces, and files that are none."""

import numpy as np
import pytest

from mmfsa import HeadPosePredictor, create_model
from mmfsa.methods import LandmarkMethod, OpenSeeFace
from mmfsa.methods.finders.openseeface import IBUG, decode
from mmfsa.structures import Faces, Frame

FILE = 'weights/rivals/openseeface/lm_model0_opt.onnx'


@pytest.fixture(scope='module')
def finder(shared):
    return OpenSeeFace(shared / FILE)


def test_decoding_of_made_up_maps(shared):
    path = shared / 'reference/rivals/golden/openseeface_decode.npz'
    expected = np.load(path)['made_up_decode']
    maps = np.random.RandomState(30).rand(1, 198, 28, 28).astype(np.float32)
    points, scores = decode(maps)
    np.testing.assert_allclose(points[0], expected[:, 1::-1], atol=1e-4)
    np.testing.assert_allclose(scores[0], expected[:, 2], atol=1e-6)


@pytest.mark.parametrize('kind', ['rand', 'block'])
def test_points_of_the_original(kind, finder, golden_images, shared):
    golden = np.load(shared / 'reference/rivals/golden/openseeface_lm0.npz')
    images = golden_images(kind)
    (maps,) = finder._session.run(None, {finder._image: images})
    points, scores = decode(maps)
    np.testing.assert_allclose(
        points[..., ::-1], golden[f'{kind}_points_row_col'], atol=0.01
    )
    np.testing.assert_allclose(scores, golden[f'{kind}_confidence'], atol=1e-4)


@pytest.fixture(scope='module')
def golden_images():
    def make(kind):
        if kind == 'rand':
            pixels = np.random.RandomState(0).rand(4, 3, 224, 224)
        else:
            cells = np.random.RandomState(2).rand(4, 3, 8, 8)
            pixels = cells.repeat(28, 2).repeat(28, 3)
        mean = np.array([0.485, 0.456, 0.406]).reshape(3, 1, 1)
        std = np.array([0.229, 0.224, 0.225]).reshape(3, 1, 1)
        return ((pixels.astype(np.float32) - mean) / std).astype(np.float32)

    return make


def test_every_landmark_is_one_of_the_66():
    assert len(IBUG) == 68
    assert {*IBUG} == {*range(66)}
    # The corners of the mouth, outer and inner.
    assert (IBUG[48], IBUG[60], IBUG[54], IBUG[64]) == (58, 58, 62, 62)


def test_landmarks_of_photos(finder, photo, shared):
    path = shared / 'reference/rivals/parity/osf0_aflw500_pts68.npy'
    for number in photo.numbers[:3]:
        frame, face, pose = photo(number)
        found = finder.predict(frame, face)
        assert not found.valid.any()
        # The reference's crop is cut at other pixels.
        apart = np.abs(found.extras['landmarks'][0] - np.load(path)[number])
        assert apart.mean() < 0.5
        assert found.extras['landmark_scores'].shape == (1, 68)
        (euler,) = LandmarkMethod(network=finder).predict(frame, face).euler
        assert np.abs(euler - pose).max() < 15


def test_the_config_takes_the_file_as_weights(shared, photo):
    method = create_model('openseeface_pnp', shared / FILE)
    frame, face, _ = photo(photo.numbers[0])
    poses = method.predict(frame, face)
    assert poses.valid.all()
    assert method.name == 'lm_model0_opt' and method.weights_sha256.startswith('43c9')
    assert {'landmarks', 'translation', 'crop_box'} <= poses.extras.keys()
    predictor = HeadPosePredictor('openseeface_pnp', shared / FILE)
    assert predictor(frame.image, boxes=face.boxes).valid.all()


def test_frames_and_crops_without_a_face(finder):
    frame = Frame(np.zeros((60, 80, 3), np.uint8))
    method = LandmarkMethod(network=finder)
    assert len(method.predict(frame, Faces(np.empty((0, 4)), 'landmarks68'))) == 0
    outside = Faces([[900, 900, 950, 950]], 'landmarks68')
    assert not method.predict(frame, outside).valid.any()


def test_other_files_are_refused(shared, tmp_path):
    with pytest.raises(FileNotFoundError, match=r'give lm_model0_opt\.onnx'):
        create_model('openseeface_pnp')
    with pytest.raises(FileNotFoundError, match=r'no weights .*missing\.onnx'):
        create_model('openseeface_pnp', tmp_path / 'missing.onnx')
    other = shared / 'weights/rivals/openseeface/mnv3_detection_opt.onnx'
    with pytest.raises(ValueError, match='is no landmark network of OpenSeeFace'):
        OpenSeeFace(other)
    cut = tmp_path / 'cut.onnx'
    cut.write_bytes((shared / FILE).read_bytes()[:-5000])
    with pytest.raises(ValueError, match=r'cut\.onnx is damaged'):
        OpenSeeFace(cut)
    with pytest.raises(ValueError, match=r'given_pnp.* leave it out'):
        create_model('given_pnp', shared / FILE)
