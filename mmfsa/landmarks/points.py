"""3-D points of a head, which a solver fits to landmarks in an image.

The points that come with mmfsa are iBUG's 68 on the mean MakeHuman head (CC0). A face that
looks straight ahead has pose zero in AFLW2000 and 300W-LP: the rendered head's own zero is
``SEEN_PITCH`` higher, because networks see photographed heads so
(:mod:`mmfsa.synth.build`), and landmarks do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from mmfsa.structures import pose_to_matrix
from mmfsa.utils.doors import check_file
from mmfsa.utils.reading import damaged

FILE = Path(__file__).with_name('head_68.csv')
# Points that come with mmfsa, by their names.
NAMED = {name: Path(__file__).with_name(f'{name}.csv') for name in ('mediapipe_468',)}
# Points of iBUG's 68. The jaw of a two-dimensional contour slides along the cheek as a head
# turns, so that no point of the head belongs to it: `inner` leaves it out. `anthropometric`
# are the 12 that the literature's small rigid model has.
SUBSETS: dict[str, tuple[int, ...]] = {
    'all': tuple(range(68)),
    'inner': tuple(range(17, 68)),
    'anthropometric': (17, 21, 22, 26, 36, 39, 42, 45, 31, 35, 48, 54),
}
# Which of the 68 each one is in a mirror: jaw, brows, nose, eyes, outer and inner lips.
MIRRORED = (
    *range(16, -1, -1),
    *range(26, 16, -1),
    *(27, 28, 29, 30, 35, 34, 33, 32, 31),
    *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
    *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),
    *(64, 63, 62, 61, 60, 67, 66, 65),
)
FEWEST = 6
FLATTEST = 0.02  # points whose second extent is a smaller part of the first are a line


@dataclass(frozen=True)
class HeadPoints:
    """Points of a head, and the landmarks that they belong to.

    Attributes:
        source: A file of points, `.csv` or `.npy`, (K, 3) millimetres in the head's frame:
            x to the image's right, y down, z into the scene, at pose zero. Or a name of
            :data:`NAMED`. None: the 68 points of the mean MakeHuman head.
        subset: Which of the K landmarks are fitted: a name in :data:`SUBSETS`, or their
            numbers.
        pitch: The head of pose zero looks up by so many degrees more; 3 is the zero of
            rendered heads.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file holds no such points, there is no such subset, or the points
            of the subset are fewer than six or lie in a line.

    >>> HeadPoints(subset='inner').xyz.shape
    (51, 3)
    """

    source: str | Path | None = None
    subset: str | Sequence[int] = 'all'
    pitch: float = 0.0

    def __post_init__(self) -> None:
        self.part(np.ones(len(self.index), dtype=bool))

    @property
    def name(self) -> str:
        """The points in words."""
        return f'{self.source or "the 68 points of the mean head"}, {self.subset}'

    @cached_property
    def whole(self) -> np.ndarray:
        """(K, 3) all points of the file, millimetres."""
        path = Path(NAMED.get(self.source, self.source or FILE))
        if not path.is_file():
            raise FileNotFoundError(f'there are no head points {path}')
        check_file(path, 'text')
        with damaged(path, 'table of numbers'):
            if path.suffix == '.npy':
                points = np.load(path, allow_pickle=False)
            else:
                points = np.loadtxt(path, delimiter=',', comments='#', ndmin=2)
        if points.ndim != 2 or points.shape[1] != 3 or not np.isfinite(points).all():
            raise ValueError(
                f'{path} must hold (K, 3) finite numbers, a point a row, got '
                f'{points.shape}'
            )
        return points.astype(np.float64)

    @cached_property
    def index(self) -> np.ndarray:
        """The numbers of the landmarks that are fitted."""
        if isinstance(self.subset, str):
            if self.subset not in SUBSETS:
                raise ValueError(
                    f'subset must be one of {[*SUBSETS]} or a list of numbers, got '
                    f'{self.subset!r}'
                )
            chosen = SUBSETS[self.subset]
            if self.subset == 'all':
                chosen = range(len(self.whole))
        else:
            chosen = self.subset
        index = np.array(chosen, dtype=int)
        if len(index) and not 0 <= index.min() <= index.max() < len(self.whole):
            raise ValueError(
                f'{self.source or FILE.name} has {len(self.whole)} points, the subset '
                f'asks for {index.min()} to {index.max()}'
            )
        return index

    @cached_property
    def xyz(self) -> np.ndarray:
        """(k, 3) the points that are fitted, millimetres."""
        return self.whole[self.index] @ pose_to_matrix([0, self.pitch, 0]).T

    def part(self, known: np.ndarray) -> np.ndarray:
        """(m, 3) the points whose landmarks are known, by a mask (k,).

        Raises:
            ValueError: They are fewer than six, or lie in a line.
        """
        points = self.xyz[known]
        if len(points) < FEWEST or is_line(points):
            raise ValueError(
                f'{self.name}: {len(points)} points are known, which fix no pose: a '
                f'solver needs {FEWEST} or more that do not lie in a line'
            )
        return points


def mirror_landmarks(landmarks):
    """The 68 landmarks of the face in the image mirrored left-right.

    Args:
        landmarks: (..., 68, 2) fractions of the image, an array or a tensor.

    Returns:
        (..., 68, 2), in iBUG's order again.

    Raises:
        ValueError: There are not 68.
    """
    if landmarks.shape[-2] != len(MIRRORED):
        raise ValueError(
            f'the mirror knows 68 landmarks, got {landmarks.shape[-2]}: take MirrorFace '
            'out of the pipeline, or the flip test out of the config'
        )
    mirrored = landmarks[..., list(MIRRORED), :] * 1
    mirrored[..., 0] = 1 - mirrored[..., 0]
    return mirrored


def is_line(points: np.ndarray) -> bool:
    """Whether points (k, 2 or 3) lie in a line, or all in one place."""
    extents = np.linalg.svd(points - points.mean(0), compute_uv=False)
    return bool(extents[1] <= FLATTEST * extents[0])
