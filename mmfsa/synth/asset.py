"""The head asset: a head that can be given any face, as arrays."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from scipy import sparse

ETHNICITIES = 'african', 'asian', 'caucasian'
GENDERS = 'female', 'male'
AGES = 'baby', 'child', 'young', 'old'
WEIGHTS = 'minweight', 'averageweight', 'maxweight'


class Part(IntEnum):
    """What a triangle of the mesh, or a pixel of a rendered mask, shows.

    In a mask, lashes count as HAIR and lenses as GLASSES.
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

    The frame is the project's camera frame at pose zero. x points to the image's right,
    y down, and z into the scene, away from a camera that the face looks at. The origin
    is the centroid of the mean head's 68 landmarks. The unit is a decimetre of the mean
    head.

    Attributes:
        base: (V, 3) float32 the mesh without any target.
        mean: (V, 3) float32 the mean young adult. Procedural paint is defined on it.
        triangles: (T, 3) int32.
        part: (T,) uint8 of :class:`Part`.
        landmarks: (68,) int32 vertices.
        follow: (V,) float32 how far a vertex turns with the head: 0 for the chest, 1
            for the skull.
        openness: (V,) float32 the share of the sky that a vertex sees.
        lips, eyelids, ears, mouth: (V,) float32 masks in [0, 1].
        offsets: (V·3, K) float32 CSC matrix with one column per target.
        names: (K,) the targets' names.
        axes: (A, 2) int32, a row per axis of face shape: the target at its negative end
            and the target at its positive end.
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
        """The base mesh plus the weighted targets.

        Args:
            weights: (K,) one weight per target.

        Returns:
            (V, 3) float32 vertices in decimetres.
        """
        return self.base + self.displacement(weights)

    def displacement(self, weights: np.ndarray) -> np.ndarray:
        """The sum of the weighted targets.

        Args:
            weights: (K,) one weight per target.

        Returns:
            (V, 3) float32 offsets in decimetres.
        """
        used = np.flatnonzero(weights)
        return (self.offsets[:, used] @ weights[used].astype(np.float32)).reshape(-1, 3)

    def columns(self, names: list[str]) -> np.ndarray:
        """The places of the named targets among the K weights.

        Args:
            names: n names of targets.

        Returns:
            (n,) indices.

        Raises:
            KeyError: If a name is no target.
        """
        return np.array([self._column[name] for name in names])

    @cached_property
    def _column(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(self.names)}


def fit(source: np.ndarray, target: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Fit points to points by the best ``s · R · source + t`` (Kabsch).

    Args:
        source: (N, 3) points.
        target: (N, 3) the same points elsewhere.

    Returns:
        The scale s, the rotation R (3, 3) and the shift t (3,).
    """
    centre, aim = source.mean(0), target.mean(0)
    left, _, right = np.linalg.svd((target - aim).T @ (source - centre))
    left[:, 2] *= np.linalg.det(left @ right)  # no mirror image
    rotation = left @ right
    scale = np.linalg.norm(target - aim) / np.linalg.norm(source - centre)
    return scale, rotation, aim - scale * rotation @ centre
