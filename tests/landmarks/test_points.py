"""The points of a head: mmfsa's own, a user's, and those that fix no pose."""

import numpy as np
import pytest

from mmfsa.landmarks import SUBSETS, HeadPoints
from mmfsa.structures import pose_to_matrix


def test_the_file_is_the_rendered_head_without_what_networks_see():
    pytest.importorskip('numba', reason='the synth extra is not installed')
    from mmfsa.synth.asset_file import load_head_asset
    from mmfsa.synth.build import SEEN_PITCH

    asset = load_head_asset()
    millimetres = asset.mean[asset.landmarks].astype(float) * 100
    points = HeadPoints(pitch=SEEN_PITCH).xyz
    np.testing.assert_allclose(points, millimetres, atol=1e-3)


def test_a_head_is_symmetric_and_faces_the_camera():
    points = HeadPoints().xyz
    eyes, nose, chin = points[36:48].mean(0), points[30], points[8]
    assert abs(eyes[0]) < 1 and abs(nose[0]) < 1
    assert nose[2] < eyes[2]  # nearer to a camera that it looks into
    assert eyes[1] < nose[1] < chin[1]
    assert 60 < np.linalg.norm(points[36] - points[45]) < 100


@pytest.mark.parametrize(
    ('subset', 'num'), [('all', 68), ('inner', 51), ([0, 8, 16, 30, 36, 45], 6)]
)
def test_subsets(subset, num):
    points = HeadPoints(subset=subset)
    assert points.xyz.shape == (num, 3)
    assert (points.xyz == points.whole[points.index]).all()


def test_a_pitch_turns_the_head():
    turned = HeadPoints(pitch=10).xyz @ pose_to_matrix([0, -10, 0]).T
    np.testing.assert_allclose(turned, HeadPoints().xyz, atol=1e-9)


@pytest.mark.parametrize('name', ['points.csv', 'points.npy'])
def test_points_of_a_user(name, tmp_path):
    path = tmp_path / name
    points = np.random.default_rng(0).normal(size=(9, 3))
    np.save(path, points) if name.endswith('npy') else np.savetxt(
        path, points, delimiter=','
    )
    np.testing.assert_allclose(HeadPoints(path).xyz, points)


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('1,2,3\n' * 5, '5 points are known'),
        ('1,2\n' * 9, r'must hold \(K, 3\)'),
        ('1,2,nan\n' * 9, r'must hold \(K, 3\) finite'),
        ('a,b,c\n', 'could not convert'),
        ('\n'.join(f'{i},{2 * i},0' for i in range(9)), 'do not lie in a line'),
        ('0,1,2\n' * 9, 'do not lie in a line'),
    ],
)
def test_points_that_fix_no_pose(content, message, tmp_path):
    path = tmp_path / 'points.csv'
    path.write_text(content)
    with pytest.raises(ValueError, match=message):
        HeadPoints(path)


def test_other_bad_settings(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'no head points .*none\.csv'):
        HeadPoints(tmp_path / 'none.csv')
    with pytest.raises(ValueError, match='subset must be one of'):
        HeadPoints(subset='nose')
    with pytest.raises(ValueError, match='has 68 points, the subset asks for 0 to 68'):
        HeadPoints(subset=[0, 1, 2, 3, 4, 68])
    assert max(SUBSETS['anthropometric']) < 68
