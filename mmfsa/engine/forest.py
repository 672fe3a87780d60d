"""Grows a random forest for depth maps (Fanelli et al., IJCV 2013) from rendered people."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mmfsa.inputs.depth import look_at_face, points_of
from mmfsa.models.fanelli.forest import Forest, join
from mmfsa.models.fanelli.growing import Patches, grow_tree
from mmfsa.structures import Camera, matrix_to_pose, pose_to_turns
from mmfsa.utils.files import replacing
from mmfsa.utils.progress import track
from mmfsa.utils.reading import read_arrays
from mmfsa.utils.threads import worker_pool

if TYPE_CHECKING:
    from scipy.sparse import csr_array

DISTANCES = 600.0, 1400.0  # mm
BESIDE = 20.0  # mm: how far from a face's middle the box's may be
HEAD = 120.0  # mm from a head's centre to the points that belong to it
HEADS, OTHERS = 20, 5  # patches of a map: of the head, and of something else
CHUNK = 100  # views of a file
FEWEST = 20  # votes of a view that count, and views that refine leaves
RIDGE = 1.0  # how much leaves keep their rotations


class Views(NamedTuple):
    """F rendered depth maps, as the forest sees faces.

    Attributes:
        maps: (F, S, S) uint16 millimetres, 0 where none was measured.
        focal: (F,) of each map's camera, in pixels; its axis goes through the middle.
        rotation: (F, 3, 3) the head's, in the frame of this camera.
        centre: (F, 3) the head's origin in it, in millimetres.
    """

    maps: np.ndarray
    focal: np.ndarray
    rotation: np.ndarray
    centre: np.ndarray

    def camera(self, view: int) -> Camera:
        """The camera of a map."""
        middle = (self.maps.shape[1] - 1) / 2
        return Camera(self.focal[view], self.focal[view], middle, middle)


def grow_forest(
    out: Path,
    trees: int = 15,
    frames: int = 3000,
    share: float = 0.7,
    seed: int = 1000,
    max_angle: float = 75.0,
    pixel: float = 3.5,
    side: int = 128,
    patch: int = 60,
    workers: int = 1,
    **growth: int,
) -> Path:
    """Render people with a Kinect's noise, and grow trees from them.

    What is whole in the folder is not made again: an interrupted run goes on where it was.
    More trees may be asked for later.

    Args:
        out: The folder: views, a file for each tree, and ``forest.npz``.
        trees: Number of trees.
        frames: Number of depth maps, each of another person.
        share: The share of the maps that a tree learns from.
        seed: Seed of the people and of all that is drawn.
        max_angle: The largest angle of a head, relative to the ray through it.
        pixel: Millimetres at the face in a pixel of what the forest sees.
        side: Width and height of this, in pixels.
        patch: Width and height of a patch in pixels.
        workers: Processes that render.
        **growth: `tests`, `max_depth` and `min_patches` of
            :func:`~mmfsa.models.fanelli.growing.grow_tree`.

    Returns:
        The forest's file.

    Raises:
        ModuleNotFoundError: What renders heads is not installed.
        ValueError: The folder has views of other settings.
    """
    out.mkdir(parents=True, exist_ok=True)
    settings = dict(seed=seed, max_angle=max_angle, pixel=pixel, side=side)
    views = _views(out, frames, workers, settings)
    sums = None
    paths = [out / f'tree_{number:02d}_of_{frames}.npz' for number in range(trees)]
    known = np.zeros((trees, frames), bool)
    for number, path in enumerate(track(paths, 'Growing')):
        rng = np.random.default_rng((seed, number))
        chosen = rng.permutation(frames)[: max(1, round(share * frames))]
        known[number, chosen] = True
        if path.is_file():
            continue
        if sums is None:
            from mmfsa.models.fanelli.votes import sum_up

            sums = np.stack([sum_up(one) for one in views.maps])
        patches = draw_patches(views, sums, chosen, patch, rng)
        tree = grow_tree(patches, rng, **growth)
        replace(tree, pixel=pixel, side=side).write(path)
    whole = out / 'forest.npz'
    join([Forest.read(path) for path in paths]).write(whole)
    refine(whole, views, known)
    return whole


def _views(out: Path, frames: int, workers: int, settings: dict) -> Views:
    """The rendered views of some settings: what there is, from files of the folder."""
    stated = np.array([settings[name] for name in sorted(settings)], np.float64)
    parts = []
    starts = range(0, frames, CHUNK)
    with worker_pool(workers) as pool:
        for start in track(starts, 'Rendering'):
            path = out / f'views_{start:05d}.npz'
            numbers = range(start, min(start + CHUNK, frames))
            if path.is_file():
                arrays = read_arrays(path)
                if not np.array_equal(arrays.pop('settings'), stated):
                    raise ValueError(
                        f'{path} was rendered with other settings: choose another --out'
                    )
                if len(arrays['maps']) >= len(numbers):
                    parts.append(
                        Views(**{k: v[: len(numbers)] for k, v in arrays.items()})
                    )
                    continue
            found = pool.map(partial(render_view, **settings), numbers, chunksize=8)
            parts.append(Views(*map(np.stack, zip(*found, strict=True))))
            with replacing(path) as temporary, temporary.open('wb') as file:
                np.savez_compressed(file, settings=stated, **parts[-1]._asdict())
    return Views(*map(np.concatenate, zip(*parts, strict=True)))


def render_view(
    index: int, seed: int, max_angle: float, pixel: float, side: int
) -> tuple:
    """Render a person as a Kinect measures it, and look at the face.

    Args:
        index: The person's number.
        seed, max_angle, pixel, side: See :func:`grow_forest`.

    Returns:
        A row of :class:`Views`.
    """
    from mmfsa.synth.wide import KINECT, shoot_kinect

    rng = np.random.default_rng((seed, index, 1))
    shot, depth = shoot_kinect(seed, index, DISTANCES, max_angle, rng)
    middle = (shot.box[:2] + shot.box[2:]) / 2
    shift = rng.uniform(-BESIDE, BESIDE, 2) / shot.position[2] * KINECT.fx
    seen = look_at_face(depth, KINECT, middle + shift, pixel, side)
    if seen is None:  # a hole in the middle of the face
        seen = look_at_face(shot.depth, KINECT, middle, pixel, side)
    depth, camera, turn = seen
    depth = np.rint(depth).astype(np.uint16)
    return depth, camera.fx, turn @ shot.rotation, turn @ shot.position


def refine(path: Path, views: Views, known: np.ndarray) -> None:
    """Give the leaves of a forest rotations whose mean is the head's.

    A leaf holds the mean of its patches, and the mean of many leaves is nearer to the
    middle of all poses than the head is. A linear function undoes this; it is fitted to the
    votes of the trees that do not know a view. What is then left of each view's error goes
    to the leaves that vote, by ridge regression (after Ren et al., "Global Refinement of
    Random Forest", CVPR 2015).

    Args:
        path: The forest's file, which is written again.
        views: Heads.
        known: (T, F) bool the views that each tree has learned from.
    """
    from scipy.sparse.linalg import lsmr

    from mmfsa.methods import create_model

    method = create_model('depth_forest', path)
    forest = method.forest
    tree = np.searchsorted(first_leaves(forest), np.arange(len(forest.leaves)), 'right')
    seen, unseen, good = [], [], []
    for view, depth in enumerate(track(views.maps, 'Refining')):
        found = method.votes_of_head(depth, views.camera(view))
        if found is None:
            continue
        leaves = found[1]
        others = leaves[~known[tree[leaves] - 1, view]]
        if len(others) >= FEWEST:
            seen.append(leaves)
            unseen.append(others)
            good.append(view)
    if len(good) < FEWEST:
        return
    true = pose_to_turns(matrix_to_pose(views.rotation[good]))
    votes, unseen_votes = (shares(one, len(tree)) for one in (seen, unseen))
    angles = forest.leaves[:, 5:].astype(np.float64)
    means = unseen_votes @ angles
    line = np.linalg.lstsq(_and_one(means), true, rcond=None)[0]
    wrong = true - _and_one(means) @ line
    damp = np.sqrt(RIDGE * np.median(votes.multiply(votes).sum(axis=1)))
    change = [lsmr(votes, one, damp=damp)[0] for one in wrong.T]
    leaves = forest.leaves.copy()
    leaves[:, 5:] = _and_one(angles) @ line + np.transpose(change)
    replace(forest, leaves=leaves).write(path)


def _and_one(numbers: np.ndarray) -> np.ndarray:
    return np.column_stack([numbers, np.ones(len(numbers))])


def first_leaves(forest: Forest) -> np.ndarray:
    """(T,) the first leaf of each tree."""
    is_leaf = forest.right < 0
    return np.cumsum(is_leaf)[forest.roots] - is_leaf[forest.roots]


def shares(votes: Sequence[np.ndarray], leaves: int) -> 'csr_array':
    """The share of each leaf in the votes of each view, (F, leaves)."""
    from scipy.sparse import csr_array

    number = [len(one) for one in votes]
    rows = np.repeat(np.arange(len(votes)), number)
    weights = np.repeat(1 / np.array(number), number)
    entries = weights, (rows, np.concatenate(votes))
    return csr_array(entries, shape=(len(votes), leaves))


def draw_patches(
    views: Views,
    sums: np.ndarray,
    chosen: Sequence[int],
    patch: int,
    rng: np.random.Generator,
) -> Patches:
    """Draw the patches that a tree learns from.

    Args:
        views: All views.
        sums: (F, M) what :func:`~mmfsa.models.fanelli.votes.sum_up` gives of each.
        chosen: The views to draw from.
        patch: Width and height of a patch in pixels.
        rng: Draws them.
    """
    from mmfsa.models.fanelli.votes import patches

    side, size = views.maps.shape[1], (patch, patch)
    angles = pose_to_turns(matrix_to_pose(views.rotation))
    parts = []
    for view in chosen:
        starts = patches(views.maps[view], sums[view], size, 1)
        points = points_of(views.maps[view], views.camera(view), starts + patch // 2)
        way = views.centre[view] - points
        is_head = np.linalg.norm(way, axis=1) < HEAD
        rows = np.concatenate(
            [
                rng.permutation(np.flatnonzero(is_head == shown))[:number]
                for shown, number in ((True, HEADS), (False, OTHERS))
            ]
        )
        votes = np.column_stack([way[rows], np.tile(angles[view], (len(rows), 1))])
        parts.append((np.full(len(rows), view), starts[rows], is_head[rows], votes))
    frame, start, is_head, votes = (np.concatenate(p) for p in zip(*parts, strict=True))
    return Patches(
        sums,
        side,
        size,
        frame.astype(np.int32),
        start.astype(np.int32),
        is_head,
        votes.astype(np.float32),
    )
