"""From the name of a model to its config and, where mmfsa brings them, its weights."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from mmengine import Config

from mmfsa.utils.files import cache_path, caching, sha256
from mmfsa.version import __version__

PACKAGE = Path(__file__).resolve().parent
WEIGHTS = PACKAGE / 'weights'
FREE = ('Apache-2.0',)  # licences that permit any use
LICENSES = 'any', 'free'


@dataclass(frozen=True)
class PackagedWeights:
    """Weights that come with mmfsa: one entry of `weights/index.json`.

    Attributes:
        files: SHA-256 of the file below `mmfsa/weights`, by its name; of a fusion, the
            files of its estimators, in their order.
        config: Name of the experiment that builds the model.
        licence: Of the weights, as an SPDX identifier.
        training_data: What they were trained on, with the licence of that.
    """

    files: dict[str, str]
    config: str
    licence: str
    training_data: str

    def permits(self, license: str) -> bool:  # noqa: A002
        """Whether they may be used as somebody needs who asks for a license.

        Raises:
            ValueError: If there is no such license.
        """
        if license not in LICENSES:
            raise ValueError(f'license must be one of {LICENSES}, got {license!r}')
        return license == 'any' or self.licence in FREE

    @property
    def paths(self) -> list[Path]:
        return [WEIGHTS / file for file in self.files]

    def verify(self) -> Path:
        """The checkpoint, of files that are what the index says.

        That of a fusion is joined of them, once, in the user's cache.

        Raises:
            OSError: If the cache can't be written.
            ValueError: If a file is missing, cut off or changed.
        """
        for path, digest in zip(self.paths, self.files.values(), strict=True):
            whole = path.is_file()
            if not whole or sha256(path) != digest:
                raise ValueError(
                    f'{path} is {"damaged or changed" if whole else "missing"} (its '
                    f'SHA-256 must be {digest}): install mmfsa again with pip'
                )
        if len(self.paths) == 1:
            return self.paths[0]
        recipe = hashlib.sha256(
            json.dumps([__version__, *self.files.values()]).encode()
        )
        joined = cache_path(f'{self.config}_{recipe.hexdigest()[:8]}.pth')
        if not joined.is_file():
            from mmfsa.engine import fuse_checkpoints  # torch, which takes seconds

            with caching(joined) as temporary:
                fuse_checkpoints(get_config(self.config), self.paths, temporary)
        return joined


def packaged_weights() -> dict[str, PackagedWeights]:
    """The weights that come with mmfsa, by their models, the default first."""
    index = WEIGHTS / 'index.json'
    if not index.is_file():
        return {}
    entries = json.loads(index.read_text())
    return {name: PackagedWeights(**entry) for name, entry in entries.items()}


def config_dir() -> Path:
    """The folder of the experiment files: the checkout's, or the installed package's."""
    for folder in (PACKAGE.parent / 'configs', PACKAGE / '.mim/configs'):
        if (folder / '_base_').is_dir():
            return folder
    raise FileNotFoundError(
        f'mmfsa at {PACKAGE} has lost its configs: install it again with pip'
    )


def get_config(name: str) -> Config:
    """The config of an experiment, such as `fsa_caps_1x1_p1`; `.py` may follow.

    Raises:
        ValueError: If there is no such experiment.
    """
    path = experiments().get(name.removesuffix('.py'))
    if path is None:
        raise ValueError(f'there is no experiment {name!r}: {", ".join(models())}')
    return Config.fromfile(path)


def models() -> list[str]:
    """The names of all models, which are those of their experiments."""
    return sorted(experiments())


def experiments() -> dict[str, Path]:
    """The config files of all experiments, by name; the recipes are among them."""
    folders = config_dir(), config_dir() / 'recipes'
    return {path.stem: path for folder in folders for path in folder.glob('*.py')}


def network_of(name: str) -> str:
    """The network that an experiment trains: its name without protocol or training data,
    such as `fsa_caps_1x1` of `fsa_caps_1x1_synth`. All networks are in protocol 1."""
    networks = {
        model.removesuffix('_p1') for model in models() if model.endswith('_p1')
    }
    return name if name in networks else name.rpartition('_')[0]


def default_model(license: str = 'any') -> str:  # noqa: A002
    """The name of the model that a user gets who names none.

    Args:
        license: `free` leaves out weights that are for research only.

    Raises:
        ValueError: If there is none, or no such license.
    """
    for name, weights in packaged_weights().items():
        if weights.permits(license):
            return name
    raise ValueError('mmfsa brings no such weights: give some, or `make train`')


def find_config(name: str) -> Config:
    """A model's config.

    Args:
        name: Of an experiment; the protocol may be left out, and `-` stand for `_`:
            `fsa-vlad-1x1` is `fsa_vlad_1x1_p1`, as there is no `fsa_vlad_1x1`.

    Raises:
        ValueError: If there is no such model.
    """
    experiment = name.lower().replace('-', '_')
    if experiment not in models():
        experiment += '_p1'
    if experiment not in models():
        raise ValueError(
            f'there is no model {name!r}: give the path of its config, or one of '
            f'{", ".join(models())}'
        )
    return get_config(experiment)


def find_model(
    name: str,
    license: str = 'any',  # noqa: A002
) -> tuple[Config, Path | None]:
    """A model's config, as :func:`find_config` has it, and its weights where mmfsa brings
    them.

    Args:
        name: See :func:`find_config`.
        license: `free` refuses weights that are for research only.

    Raises:
        OSError: If its weights are a fusion's, and the cache can't be written.
        ValueError: If there is no such model or license, or its weights are damaged, or
            not under that license.
    """
    cfg = find_config(name)
    weights = packaged_weights().get(Path(cfg.filename).stem)
    if weights and not weights.permits(license):
        raise ValueError(
            f'the weights of {name} that come with mmfsa are {weights.licence}: with '
            f'license={license!r} name {default_model(license)}, or no model'
        )
    return cfg, weights and weights.verify()
