"""The trees of a random forest that votes for heads in depth maps, and their files.

A test compares the mean depths of two boxes of a patch. A leaf says where from the patch
the head's centre lies, and how the head is turned (Fanelli et al., "Random Forests for Real
Time 3D Face Analysis", IJCV 2013, Section 3). A folder of ``*.tree`` has the format of
its authors' program; a forest that mmfsa grew is one ``.npz``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmfsa.utils.files import replacing
from mmfsa.utils.reading import damaged, read_arrays, read_text

TEST, LEAF = 13, 11  # numbers of a line
SUFFIX = '.tree'
LARGEST_SIDE = 4096


@dataclass(frozen=True)
class Forest:
    """The nodes of all trees, each tree's in pre-order.

    A node's left child follows it; the right child is the one of a patch whose difference
    is above the threshold.

    Attributes:
        patch: Width and height of a patch in pixels.
        roots: (T,) int32 the first node of each tree.
        right: (N,) int32 the right child of a test; of a leaf −1 − its row in `leaves`.
        threshold: (N,) int32 thousandths of a millimetre: the mean of a test's first box
            minus that of its second.
        boxes: (N, 8) int32 x, y, width, height of both boxes in the patch.
        leaves: (L, 8) float32 the share of training patches with a head, the sum of the
            variances of their votes, the way to the head's centre (mm) and the head's
            rotation about x, y and z (degrees, ``Rx·Ry·Rz`` in the camera's frame).
        pixel: Millimetres at the face in a pixel of the maps that the trees know, whose
            camera looks at the face (:func:`mmfsa.inputs.depth.look_at_face`). None: they
            know the maps of a Kinect as they are.
        side: Width and height of these maps in pixels.
    """

    patch: tuple[int, int]
    roots: np.ndarray
    right: np.ndarray
    threshold: np.ndarray
    boxes: np.ndarray
    leaves: np.ndarray
    pixel: float | None = None
    side: int = 0

    @classmethod
    def read(cls, folder: str | Path) -> 'Forest':
        """Read a forest.

        Args:
            folder: The file that :meth:`write` wrote; or a folder, all of whose trees,
                ``*.tree``, are read in the order of their names.

        Raises:
            FileNotFoundError: There is no such file, or the folder has no tree.
            ValueError: A file is no tree, is cut short, or is of another patch size.
        """
        if Path(folder).is_file():
            return read_arrays_of(Path(folder))
        paths = tree_files(folder)
        trees = [read_tree(path) for path in paths]
        for path, tree in zip(paths, trees, strict=True):
            if tree.patch != trees[0].patch:
                raise ValueError(
                    '{}: its patches have {}x{} pixels, those of {} have {}x{}'.format(
                        path, *tree.patch, paths[0].name, *trees[0].patch
                    )
                )
        return join(trees)

    def write(self, path: str | Path) -> None:
        """Write the forest as one small file, ``.npz``. Its leaves keep 11 bits."""
        leaves = np.minimum(self.leaves, np.finfo(np.float16).max)
        arrays = dict(
            patch=np.array(self.patch, np.int32),
            view=np.array([self.pixel or 0, self.side], np.float64),
            roots=self.roots,
            right=self.right,
            threshold=self.threshold,
            boxes=self.boxes.astype(np.uint8),
            leaves=leaves.astype(np.float16),
        )
        with replacing(path) as temporary, temporary.open('wb') as file:
            np.savez_compressed(file, **arrays)


def read_arrays_of(path: Path) -> Forest:
    """Read a file of :meth:`Forest.write`.

    Raises:
        OSError: The file can't be read.
        ValueError: It is damaged, or is no forest.
    """
    arrays = read_arrays(path)
    with damaged(path, 'random forest'):
        patch, (pixel, side) = arrays['patch'].tolist(), arrays['view'].tolist()
        roots, right = (arrays[name].astype(np.int32) for name in ('roots', 'right'))
        boxes = arrays['boxes'].astype(np.int32)
        leaves = arrays['leaves'].astype(np.float32)
        threshold = arrays['threshold'].astype(np.int32)
        number, rows = len(right), np.arange(len(right))
        if boxes.shape != (number, 8) or threshold.shape != (number,):
            raise ValueError('its arrays differ in length')
        if leaves.shape[1:] != (8,) or not np.isfinite(leaves).all():
            raise ValueError('its leaves are no numbers')
        ahead = (right > rows) & (right < number)  # so that every way ends
        is_leaf = (right < 0) & (right >= -len(leaves))
        if not (ahead | is_leaf).all() or not is_leaf[-1:].all():
            raise ValueError('a node has no child')
        if not len(roots) or roots.min() < 0 or roots.max() >= number:
            raise ValueError('a tree has no root')
        if len(patch) != 2 or not _are_inside(boxes, *patch):
            raise ValueError('a test looks beyond its patch')
        if pixel < 0 or not 0 <= side <= LARGEST_SIDE:
            raise ValueError(f'{side} pixels of {pixel} mm are no view of a face')
        return Forest(
            tuple(patch),
            roots,
            right,
            threshold,
            boxes,
            leaves,
            pixel or None,
            int(side),
        )


def tree_files(folder: str | Path) -> list[Path]:
    """The trees of a folder, in the order of their names.

    Raises:
        FileNotFoundError: There is no folder, or no tree in it.
    """
    if not (found := sorted(Path(folder).glob(f'*{SUFFIX}'))):
        raise FileNotFoundError(f'there are no trees {Path(folder) / ("*" + SUFFIX)}')
    return found


def join(trees: Sequence[Forest]) -> Forest:
    """One forest of several."""
    right, roots, nodes, leaves = [], [], 0, 0
    for tree in trees:
        roots.append(tree.roots + nodes)
        right.append(np.where(tree.right < 0, tree.right - leaves, tree.right + nodes))
        nodes, leaves = nodes + len(tree.right), leaves + len(tree.leaves)
    names = 'threshold', 'boxes', 'leaves'
    arrays = {name: np.concatenate([getattr(t, name) for t in trees]) for name in names}
    roots, right = (np.concatenate(part).astype(np.int32) for part in (roots, right))
    first = trees[0]
    return Forest(
        first.patch, roots, right, **arrays, pixel=first.pixel, side=first.side
    )


def read_tree(path: Path) -> Forest:
    """Read one tree.

    The first line has the patch's width and height; then a node a line, in pre-order: its
    depth, whether it is a test and whether it is a leaf. A test has its threshold
    (thousandths of a millimetre), its channel (0: depth) and its two boxes; a leaf what
    :attr:`Forest.leaves` has.

    Raises:
        OSError: The file can't be read.
        ValueError: It is no tree, or it is cut short.
    """
    text = read_text(path)
    try:
        head, *rows = [line.split() for line in text.splitlines()]
        width, height = map(int, head)
        rows = [row for row in rows if row]
        is_leaf = np.array([row[1:3] == ['0', '1'] for row in rows], dtype=bool)
        tests, leaves = (
            np.array([row for row in rows if row[1:3] == kind], dtype=np.float64)
            for kind in (['1', '0'], ['0', '1'])
        )
        tests, leaves = tests.reshape(-1, TEST), leaves.reshape(-1, LEAF)
        depth = np.array([row[0] for row in rows], dtype=np.int64)
        if len(tests) + len(leaves) != len(rows) or not len(rows):
            raise ValueError('a node is a test or a leaf')
        # A comparison with NaN is False.
        if not (np.abs(tests) < 2**31).all() or not np.isfinite(leaves).all():
            raise ValueError('a node has a number that is none')
    except (ValueError, IndexError, OverflowError) as e:
        raise ValueError(f'{path} is damaged, or no tree: {e}') from e
    right = np.full(len(rows), -1, dtype=np.int32)
    right[is_leaf] = -1 - np.arange(len(leaves))
    _set_children(right, depth, is_leaf, path)
    threshold = np.zeros(len(rows), np.int32)
    boxes = np.zeros((len(rows), 8), np.int32)
    threshold[~is_leaf], boxes[~is_leaf] = tests[:, 3], tests[:, 5:]
    if tests[:, 4].any() or not _are_inside(boxes, width, height):
        raise ValueError(
            f'{path}: a test looks beyond its patch of {width}x{height} pixels, or at '
            'another channel than the depth'
        )
    roots = np.zeros(1, np.int32)
    return Forest(
        (width, height),
        roots,
        right,
        threshold,
        boxes,
        leaves[:, 3:].astype(np.float32),
    )


def _are_inside(boxes: np.ndarray, width: int, height: int) -> bool:
    """Whether the boxes of all tests lie in a patch: what runs a tree looks no more."""
    start, size = (
        boxes[:, sides].astype(np.int64) for sides in ([0, 1, 4, 5], [2, 3, 6, 7])
    )
    return bool((boxes >= 0).all() and (start + size <= [width, height] * 2).all())


def _set_children(
    right: np.ndarray, depth: np.ndarray, is_leaf: np.ndarray, path: Path
) -> None:
    """Find the right child of every test: the node after the left child's subtree.

    Raises:
        ValueError: A node is not where its depth says, or children are missing.
    """
    waiting: list[int] = []  # tests whose right child has not come yet
    expected = 0
    for node, (level, leaf) in enumerate(zip(depth, is_leaf, strict=True)):
        if level != expected:
            raise ValueError(f'{path} is damaged: node {node} has the depth {level}')
        if not leaf:
            waiting.append(node)
            expected = level + 1
        elif waiting:
            parent = waiting.pop()
            right[parent], expected = node + 1, depth[parent] + 1
        else:
            expected = -1  # the tree is whole
    if expected != -1:
        raise ValueError(f'{path} is cut short: nodes are missing after {len(depth)}')
