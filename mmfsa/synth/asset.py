"""The head asset, built once and kept in the user's cache."""

import hashlib
import zipfile
from dataclasses import dataclass, fields
from enum import IntEnum
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from mmengine.logging import print_log
from scipy import sparse

from mmfsa.utils.files import cache_path, caching

# What decides how the asset comes out.
RECIPE = 'asset.py', 'build.py', 'makehuman.py', 'rasterizer.py'
DAMAGE = OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile

ETHNICITIES = 'african', 'asian', 'caucasian'
GENDERS = 'female', 'male'
AGES = 'baby', 'child', 'young', 'old'
WEIGHTS = 'minweight', 'averageweight', 'maxweight'


class Part(IntEnum):
    """What a triangle of the mesh, and a pixel of a rendered mask, belongs to.

    In a mask, lashes are HAIR and lenses GLASSES.
    """

    BACKGROUND = 0
    SKIN = 1
    EYE = 2
    TEETH = 3
    TONGUE = 4
    HAIR = 5
    CLOTH = 6
    GLASSES = 7
    OCCLUDER = 8
    LASHES = 9
    LENS = 10


@dataclass(frozen=True, eq=False)
class HeadAsset:
    """A morphable head in the head's own frame.

    The frame is the project's camera frame at pose zero: x to the image's right, y
    down, z into the scene, away from a camera that the face looks at. The origin is the
    centroid of the mean head's 68 landmarks, the unit its decimetre.

    Attributes:
        base: (V, 3) float32 the mesh without any target.
        mean: (V, 3) float32 the mean young adult; procedural paint lives in it.
        triangles: (T, 3) int32.
        part: (T,) uint8 of :class:`Part`.
        landmarks: (68,) int32 vertices.
        follow: (V,) float32 how far a vertex turns with the head, 0 chest to 1 skull.
        openness: (V,) float32 the share of the sky that a vertex sees.
        lips, eyelids, ears, mouth: (V,) float32 masks in [0, 1].
        offsets: (V·3, K) float32 CSC, a column per target.
        names: (K,) the targets' names.
        axes: (A, 2) int32 targets of the negative and of the positive end of each
            axis of face shape.
    """

    base: np.ndarray
    mean: np.ndarray
    triangles: np.ndarray
    part: np.ndarray
    landmarks: np.ndarray
    follow: np.ndarray
    openness: np.ndarray
    lips: np.ndarray
    eyelids: np.ndarray
    ears: np.ndarray
    mouth: np.ndarray
    offsets: sparse.csr_matrix
    names: np.ndarray
    axes: np.ndarray

    def deform(self, weights: np.ndarray) -> np.ndarray:
        """(V, 3) float32 the base mesh plus the K weighted targets."""
        return self.base + self.displacement(weights)

    def displacement(self, weights: np.ndarray) -> np.ndarray:
        """(V, 3) float32 the sum of the K weighted targets."""
        used = np.flatnonzero(weights)
        return (self.offsets[:, used] @ weights[used].astype(np.float32)).reshape(-1, 3)

    def columns(self, names: list[str]) -> np.ndarray:
        """Where in the K weights the named targets are.

        Raises:
            KeyError: A name is no target.
        """
        return np.array([self._column[name] for name in names])

    @cached_property
    def _column(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(self.names)}


def fit(source: np.ndarray, target: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Scale s, rotation R, shift t of the best fit ``s · R · source + t`` (Kabsch).

    Args:
        source: (N, 3) points.
        target: (N, 3) the same points elsewhere.
    """
    centre, aim = source.mean(0), target.mean(0)
    left, _, right = np.linalg.svd((target - aim).T @ (source - centre))
    left[:, 2] *= np.linalg.det(left @ right)  # no mirror image
    rotation = left @ right
    scale = np.linalg.norm(target - aim) / np.linalg.norm(source - centre)
    return scale, rotation, aim - scale * rotation @ centre


def asset_path() -> Path:
    """Where the asset is kept. A changed recipe has another name, so that no head of an
    old one is taken for it."""
    here = Path(__file__).parent
    recipe = b''.join((here / name).read_bytes() for name in RECIPE)
    digest = hashlib.sha256(recipe).hexdigest()[:8]
    return cache_path(f'synthetic_head_{digest}.npz')


@lru_cache(maxsize=1)
def load_head_asset() -> HeadAsset:
    """The head asset from the cache; built (seconds) where there is none.

    Raises:
        ModuleNotFoundError: It has to be built, and anny or numba is not installed.
        OSError: The cache can't be written.
        ValueError: The cached file is damaged.
    """
    path = asset_path()
    if not path.is_file():
        from .build import build_head_asset

        print_log(f'building the synthetic head in {path}', 'current')
        save(build_head_asset(), path)
    try:
        with np.load(path, allow_pickle=False) as arrays:  # a zip checks its CRC-32s
            table = {name: arrays[name] for name in arrays.files}
        shape = tuple(table.pop('shape'))
        parts = [table.pop(name) for name in ('data', 'indices', 'indptr')]
        return HeadAsset(offsets=sparse.csc_matrix(tuple(parts), shape), **table)
    except DAMAGE as error:
        raise ValueError(
            f'{path} is damaged ({error}); delete it, and it is built again'
        ) from error


def save(asset: HeadAsset, path: Path) -> None:
    """Write the asset; a reader sees the whole file or none."""
    table = {field.name: getattr(asset, field.name) for field in fields(asset)}
    offsets = table.pop('offsets')
    table |= {name: getattr(offsets, name) for name in ('data', 'indices', 'indptr')}
    with caching(path) as temporary, temporary.open('wb') as file:
        np.savez_compressed(file, shape=offsets.shape, **table)
