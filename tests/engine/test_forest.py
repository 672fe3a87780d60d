"""A forest grows from rendered people; an interrupted run goes on with the next tree."""

import numpy as np
import pytest

from mmfsa.models.fanelli import Forest
from mmfsa.models.fanelli.forest import join
from mmfsa.structures import is_rotation, matrix_to_pose, pose_to_turns

OPTIONS = dict(trees=2, frames=6, tests=8, min_patches=4)


@pytest.fixture(scope='module')
def grow(head_packages, tmp_path_factory):
    from mmfsa.engine.forest import grow_forest

    folder = tmp_path_factory.mktemp('forest')

    def run(**changes):
        return grow_forest(folder, **{**OPTIONS, **changes})

    return run


def test_a_forest(grow, monkeypatch):
    path = grow()
    forest = Forest.read(path)
    assert len(forest.roots) == 2 and (forest.pixel, forest.side) == (3.5, 128)
    assert {p.name for p in path.parent.iterdir()} == {
        *('views_00000.npz', 'tree_00_of_6.npz', 'tree_01_of_6.npz', 'forest.npz')
    }
    with np.load(path.parent / 'views_00000.npz') as views:
        maps, rotation, centre = (views[k] for k in ('maps', 'rotation', 'centre'))
    assert maps.shape == (6, 128, 128) and is_rotation(rotation).all()
    # The face is in the middle of each view.
    assert np.abs(centre[:, :2]).max() < 60
    middle = np.median(maps[:, 60:68, 60:68].reshape(6, -1), axis=1)
    assert np.abs(middle - centre[:, 2]).max() < 150

    # The tree that is there is not grown again; the one that is missing is.
    one, other = (path.parent / f'tree_{n:02d}_of_6.npz' for n in (0, 1))
    before, content = one.stat().st_mtime_ns, other.read_bytes()
    other.unlink()
    grow()
    assert one.stat().st_mtime_ns == before
    with np.load(other) as again:
        other.write_bytes(content)
        with np.load(other) as first:
            assert all((first[k] == again[k]).all() for k in first)


def test_other_settings_need_another_folder(grow):
    grow()
    with pytest.raises(ValueError, match=r'views_00000\.npz was rendered with other'):
        grow(seed=7)


def test_leaves_agree_on_whole_heads(grow, monkeypatch, tmp_path):
    from mmfsa import create_model
    from mmfsa.engine import forest as engine
    from mmfsa.structures import Camera

    folder = grow().parent
    with np.load(folder / 'views_00000.npz') as arrays:
        views = engine.Views(*(arrays[name] for name in engine.Views._fields))
    path = tmp_path / 'forest.npz'
    trees = [Forest.read(folder / f'tree_{n:02d}_of_6.npz') for n in range(2)]
    join(trees).write(path)

    def wrong():
        method = create_model('depth_forest', path)
        errors = []
        true = pose_to_turns(matrix_to_pose(views.rotation))
        for depth, focal, angles in zip(views.maps, views.focal, true, strict=True):
            found = method.votes_of_head(depth, Camera(focal, focal, 63.5, 63.5))
            if found is not None:
                mean = method.forest.leaves[found[1], 5:].mean(0)
                errors.append(np.abs(mean - angles).mean())
        return np.mean(errors)

    before, content = wrong(), path.read_bytes()
    none = np.zeros((2, 6), bool)
    engine.refine(path, views, none)  # too few views
    assert path.read_bytes() == content
    monkeypatch.setattr(engine, 'FEWEST', 1)
    engine.refine(path, views, ~none)  # every tree knows every view
    assert path.read_bytes() == content
    engine.refine(path, views, none)
    assert wrong() < 0.7 * before
    places = [Forest.read(p).leaves[:, :5] for p in (path, folder / 'forest.npz')]
    np.testing.assert_array_equal(*places)


def test_the_leaves_of_each_tree():
    tree = one_test()
    from mmfsa.engine.forest import first_leaves, shares

    assert first_leaves(join([tree] * 3)).tolist() == [0, 2, 4]
    votes = shares([np.array([1, 1, 0, 2]), np.array([3])], 5)
    assert votes.toarray().tolist() == [[0.25, 0.5, 0.25, 0, 0], [0, 0, 0, 1, 0]]


def one_test():
    """A tree of one test and two leaves."""
    zeros = np.zeros((3, 8), np.int32)
    right = np.array([2, -1, -2], np.int32)
    leaves = np.zeros((2, 8), np.float32)
    return Forest((8, 8), np.zeros(1, np.int32), right, zeros[:, 0], zeros, leaves)
