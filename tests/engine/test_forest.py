"""A forest grows from rendered people; an interrupted run goes on with the next tree."""

import importlib.util

import numpy as np
import pytest

from mmfsa.models.fanelli import Forest
from mmfsa.structures import is_rotation

OPTIONS = dict(trees=2, frames=6, held_out=0, tests=8, min_patches=4)


@pytest.fixture(scope='module')
def grow(tmp_path_factory):
    for package in ('anny', 'numba'):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f'{package} is not installed (docs/en/synth.md)')
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
        *('views_00000.npz', 'tree_00.npz', 'tree_01.npz', 'forest.npz')
    }
    with np.load(path.parent / 'views_00000.npz') as views:
        maps, rotation, centre = (views[k] for k in ('maps', 'rotation', 'centre'))
    assert maps.shape == (6, 128, 128) and is_rotation(rotation).all()
    # The face is in the middle of each view.
    assert np.abs(centre[:, :2]).max() < 60
    middle = np.median(maps[:, 60:68, 60:68].reshape(6, -1), axis=1)
    assert np.abs(middle - centre[:, 2]).max() < 150

    # The tree that is there is not grown again; the one that is missing is.
    one, other = path.parent / 'tree_00.npz', path.parent / 'tree_01.npz'
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
