"""Fanelli's random forest: patches of a depth map vote for the head's place and rotation.

Fanelli et al., "Random Forests for Real Time 3D Face Analysis", IJCV 2013.
"""

import hashlib
from pathlib import Path

import cv2
import numpy as np

from mmfsa.inputs import InputSpec
from mmfsa.inputs.depth import below_the_crown, look_at_face, points_of
from mmfsa.models.fanelli import Forest
from mmfsa.models.fanelli.forest import tree_files
from mmfsa.registry import METHODS
from mmfsa.structures import (
    Camera,
    geodesic_distance,
    pose_to_matrix,
    turns_to_pose,
)

from .depth import DepthMethod, Head

# The part of the depth map that belongs to a face: the head, and half a patch around it.
SPEC = dict(
    modality='depth',
    interpolation='nearest',
    crop=dict(box='landmarks68', pad=0, square=True, shift=(0, -0.05), scale=2.8),
)
FOCAL = 575.816  # pixels: of the camera whose patches the trees know
SAME_FOCAL = (
    0.02  # a camera whose focal length differs by a smaller share sees the same
)
DIAMETER = 236.4  # mm, of a head
STEPS, STILL = 10, 1.0  # of the mean shift; mm² of a step after which it ends


@METHODS.register_module()
class FanelliForest(DepthMethod):
    """A random forest that votes for heads in a depth map.

    The extras have `translation` (n, 3), the heads' centres as BIWI labels them, and
    `votes` (n,), the number of votes of each head. The spread is the root of the mean
    squared angle between the votes and their mean.

    Args:
        weights: The folder of the authors' trees, ``*.tree``; or the file of a forest that
            mmfsa grew (``.npz``).
        stride: Step from patch to patch in pixels.
        max_variance: The largest sum of the variances of a leaf that votes.
        min_votes: The fewest votes that make a head, as a share of those that all patches
            beginning in 20 × 20 pixels can have.
        reach: See :class:`DepthMethod`; None takes the whole part of the map.
        inputs: Changes of the part of the depth map that belongs to a face.

    Raises:
        FileNotFoundError: No folder is given, or it has no tree.
        ImportError: numba is not installed.
        ValueError: A file is no tree, or a setting is out of its range.
    """

    numbers = ('votes',)

    def __init__(
        self,
        weights: str | Path | None = None,
        stride: int = 5,
        max_variance: float = 400.0,
        min_votes: float = 1.0,
        reach: float | None = 300.0,
        inputs: dict | InputSpec | None = None,
    ) -> None:
        if weights is None:
            raise FileNotFoundError(
                'there are no trees of the random forest: give the folder of its *.tree '
                'files as weights (github.com/kronihias/head-pose-estimation, data/trees), '
                'or take depth_forest, which has its own'
            )
        for name, value in (('stride', stride), ('max_variance', max_variance)):
            if not value > 0:
                raise ValueError(f'{name} must be above 0, got {value}')
        self.forest = Forest.read(weights)
        self.stride = stride
        self.max_variance = max_variance
        self.min_votes = min_votes
        digest = hashlib.sha256()
        one = Path(weights).is_file()
        for path in [Path(weights)] if one else tree_files(weights):
            digest.update(path.read_bytes())
        spec = InputSpec.from_dict(inputs, SPEC)
        super().__init__(spec, reach, 'fanelli_forest', digest.hexdigest())
        self._nodes = 0, np.empty(0)  # a width of maps, and the nodes for it

    def find(
        self,
        depth: np.ndarray,
        camera: Camera,
        middle: np.ndarray | None,
        number: int | None,  # noqa: ARG002
    ) -> Head | None:
        turn = np.eye(3)
        if self.forest.pixel is None:
            depth, camera = as_the_trees_see(depth, camera)
        else:
            if middle is None:
                middle = below_the_crown(depth, camera)
            view = self.forest.pixel, self.forest.side
            seen = look_at_face(depth, camera, middle, *view)
            if seen is None:
                return None
            depth, camera, turn = seen
            depth = np.rint(depth).astype(np.uint16)
        found = self.votes_of_head(depth, camera)
        if found is None:
            return None
        places, leaves = found
        angles = self.forest.leaves[leaves, 5:].astype(np.float64)
        rotation = pose_to_matrix(turns_to_pose(angles.mean(0)))
        each = pose_to_matrix(turns_to_pose(angles))
        spread = np.sqrt(np.mean(geodesic_distance(each, rotation[None]) ** 2))
        votes = dict(votes=len(leaves))
        place = turn.T @ places.mean(0)
        return Head(turn.T @ rotation, place, float(spread), votes)

    def votes_of_head(
        self, depth: np.ndarray, camera: Camera
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """The votes for a head in a map that the trees know, as :meth:`votes` gives them.

        None where there is no head.
        """
        places, leaves = self.votes(depth, camera)
        chosen = self._cluster(places)
        return None if chosen is None else (places[chosen], leaves[chosen])

    def votes(self, depth: np.ndarray, camera: Camera) -> tuple[np.ndarray, np.ndarray]:
        """The votes of all patches of a depth map.

        Returns:
            (M, 3) the heads' centres in millimetres; (M,) the leaves that vote, rows of the
            forest's.
        """
        from mmfsa.models.fanelli.votes import leaves_of, node_table, patches, sum_up

        forest, width = self.forest, depth.shape[1]
        known, nodes = self._nodes  # another thread may see maps of another width
        if known != width:
            nodes = node_table(forest, width)
            self._nodes = width, nodes
        sums = sum_up(depth)
        starts = patches(depth, sums, forest.patch, self.stride)
        found = leaves_of(starts, sums, width, nodes, forest.roots)
        share, variance = forest.leaves[:, :2].T
        heads = (share >= 1) & (variance <= self.max_variance)
        trees, patch = np.nonzero(heads[found])
        leaves = found[trees, patch]
        ways = forest.leaves[leaves, 2:5].astype(np.float64)
        middles = starts[patch] + np.array(forest.patch) // 2
        return points_of(depth, camera, middles) + ways, leaves

    def _cluster(self, places: np.ndarray) -> np.ndarray | None:
        """The votes of the head with most of them; None where there are too few.

        Votes are sorted into heads: the first one that has none takes all within a head's
        diameter. Then a mean shift finds where the votes of each are densest.
        """
        fewest = self.min_votes * len(self.forest.roots) * (20 / self.stride) ** 2
        waiting = np.arange(len(places))
        best = None
        while len(waiting) >= fewest:
            near = _within(places[waiting], places[waiting[0]], DIAMETER)
            near = _within(places[waiting], places[waiting[near]].mean(0), DIAMETER)
            near[0] = True  # so that every round takes a vote away
            head, waiting = waiting[near], waiting[~near]
            dense = head[_densest(places[head])]
            if len(dense) >= max(fewest, 0 if best is None else len(best) + 1):
                best = dense
        return best


def _densest(places: np.ndarray) -> np.ndarray:
    """Which votes (N, 3) lie where they are densest: a mean shift from their mean."""
    centre = places.mean(0)
    for _ in range(STEPS):
        near = _within(places, centre, DIAMETER / 6)
        if not near.any():
            break
        before, centre = centre, places[near].mean(0)
        if np.sum((centre - before) ** 2) < STILL:
            break
    return near


def _within(places: np.ndarray, centre: np.ndarray, distance: float) -> np.ndarray:
    return np.sum((places - centre) ** 2, axis=1) < distance**2


def as_the_trees_see(depth: np.ndarray, camera: Camera) -> tuple[np.ndarray, Camera]:
    """A depth map as the camera of the training data would have taken it.

    The trees know patches of so many pixels. A camera with another focal length has other
    pixels: the nearest ones are taken.
    """
    across, down = FOCAL / camera.fx, FOCAL / camera.fy
    if max(abs(across - 1), abs(down - 1)) < SAME_FOCAL:
        return depth, camera
    size = [
        max(1, round(s * n))
        for s, n in zip((across, down), depth.shape[::-1], strict=True)
    ]
    height, width = depth.shape
    across, down = size[0] / width, size[1] / height
    resized = cv2.resize(depth, size, interpolation=cv2.INTER_NEAREST)
    # OpenCV takes the pixel at the whole part of x / scale.
    moved = Camera(
        camera.fx * across,
        camera.fy * down,
        (camera.cx + 0.5) * across - 0.5,
        (camera.cy + 0.5) * down - 0.5,
    )
    return resized, moved
