"""The weights that come with mmfsa: the index of their files, licences and sources."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import is_zipfile

from mmfsa.utils.files import cache_path, caching, data_path, sha256, why_damaged
from mmfsa.version import __version__

from .config_files import PACKAGE, read_config

WEIGHTS = PACKAGE / 'weights'
FREE = ('Apache-2.0',)  # licences that permit any use
LICENSES = 'any', 'free'


def permits(license: str, *licences: str | None) -> bool:  # noqa: A002
    """Whether a user who asks for a license may use what is under some licences.

    Args:
        license: `any`, or `free` for what may be used for anything.
        *licences: SPDX identifiers, of the weights, the code or the data; None: not known.

    Raises:
        ValueError: If there is no such license.
    """
    if license not in LICENSES:
        raise ValueError(f'license must be one of {LICENSES}, got {license!r}')
    return license == 'any' or all(licence in FREE for licence in licences)


@dataclass(frozen=True)
class PackagedWeights:
    """Weights that come with mmfsa: one entry of `weights/index.json`.

    Attributes:
        files: SHA-256 of the file below `mmfsa/weights`, by its name; for a fusion, the
            files of its estimators, in their order.
        config: Name of the experiment that builds the model.
        licence: The licence of the weights, as an SPDX identifier.
        training_data: What they were trained on, with the licence of the data.
        aliases: Further names of the weights.
        exported: SHA-256 of the ONNX file of the same network, by its name; empty where
            there is none. `tools/misc/export_weights.py` writes these files.
    """

    files: dict[str, str]
    config: str
    licence: str
    training_data: str
    aliases: tuple[str, ...] = ()
    exported: dict[str, str] = field(default_factory=dict)

    def permits(self, license: str) -> bool:  # noqa: A002
        """Whether the weights may be used by a user who asks for a license.

        Args:
            license: `any`, or `free` for weights that may be used for anything.

        Raises:
            ValueError: If there is no such license.
        """
        return permits(license, self.licence)

    @property
    def paths(self) -> list[Path]:
        """The files, in the order of the estimators."""
        return [WEIGHTS / file for file in self.files]

    def verify(self) -> Path:
        """The checkpoint, after a look at the SHA-256 of every file.

        A fusion's checkpoint is joined from its files once, in the user's cache; and
        again where the file there is damaged.

        Raises:
            OSError: If the cache can't be written.
            ValueError: If a file is missing, cut off or changed.
        """
        for path, digest in zip(self.paths, self.files.values(), strict=True):
            _check(path, digest)
        if len(self.paths) == 1:
            return self.paths[0]
        joined = self.joined
        if not (joined.is_file() and is_zipfile(joined)) or why_damaged(joined):
            from mmfsa.engine import fuse_checkpoints  # torch, which takes seconds

            with caching(self.joined) as temporary:
                fuse_checkpoints(read_config(self.config), self.paths, temporary)
        return self.joined

    def verify_exported(self) -> Path | None:
        """The ONNX file, after a look at its SHA-256; None where there is none.

        Raises:
            ValueError: If the file is missing, cut off or changed.
        """
        for file, digest in self.exported.items():
            return _check(WEIGHTS / file, digest)
        return None

    @property
    def joined(self) -> Path:
        """Where a fusion's checkpoint is in the user's cache, once it was needed."""
        recipe = json.dumps([__version__, *self.files.values()]).encode()
        digest = hashlib.sha256(recipe).hexdigest()
        return cache_path(f'{self.config}_{digest[:8]}.pth')

    def has_digest(self, digest: str) -> bool:
        """Whether the SHA-256 of a checkpoint is the one of these weights."""
        if len(self.files) == 1:
            return digest in self.files.values()
        return self.joined.is_file() and sha256(self.joined) == digest


def _check(path: Path, digest: str) -> Path:
    whole = path.is_file()
    if not whole or sha256(path) != digest:
        raise ValueError(
            f'{path} is {"damaged or changed" if whole else "missing"} (its SHA-256 must '
            f'be {digest}): install mmfsa again with pip'
        )
    return path


def packaged_weights() -> dict[str, PackagedWeights]:
    """The weights that come with mmfsa, by their names NETWORK.TAG, the default first."""
    index = WEIGHTS / 'index.json'
    if not index.is_file():
        return {}
    entries = json.loads(index.read_text())
    return {name: PackagedWeights(**entry) for name, entry in entries.items()}


def name_by_digest(digest: str) -> str | None:
    """The name NETWORK.TAG of weights that mmfsa brings; None for all others.

    Args:
        digest: The SHA-256 of a checkpoint, in hexadecimal.
    """
    for name, weights in packaged_weights().items():
        if weights.has_digest(digest):
            return name
    return None


def kept_path(name: str) -> Path:
    """Where the user's own weights of a name NETWORK.TAG are, once there are any.

    `mmfsa convert SRC` puts them there: the name alone is then enough.
    """
    return data_path(f'weights/{name}.pth')
