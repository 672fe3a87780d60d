"""From a name to a network, its config and its weights.

A network and its weights have names of their own: `fsa_caps_1x1` is a network,
`fsa_caps_1x1.aflw` and `fsa_caps_1x1.synthetic` are weights that mmfsa brings for it, and
`fsa_caps_1x1.300wlp` are weights that a user converts or trains.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from . import weights as packaged
from .config_files import aliases, experiments, metafile_models, networks_and_tags
from .weights import PackagedWeights, kept_path, permits

if TYPE_CHECKING:
    from mmengine import Config

PREFERRED = '300wlp'  # what a network without weights is trained on, where that is said


@dataclass(frozen=True)
class Entry:
    """What a name stands for.

    Attributes:
        name: NETWORK.TAG, or the network's name where the experiment has no tag.
        network: The network's name.
        tag: What the weights are called, mostly after their training data.
        experiment: The name of the experiment that trains such weights.
        config: The experiment's file.
        weights: The weights, where mmfsa brings them.
        licences: What the metafile says of weights that mmfsa does not bring: the licence
            of their code, and of the data that they learned from.
    """

    name: str
    network: str
    tag: str | None
    experiment: str
    config: Path
    weights: PackagedWeights | None
    licences: tuple[str, ...] = ()

    @property
    def licence(self) -> str | None:
        """The licence of the weights that mmfsa brings, as an SPDX identifier; of other
        weights that of their code, and that of their data."""
        if self.weights:
            return self.weights.licence
        return ' · '.join(self.licences) or None

    def permits(self, license: str) -> bool:  # noqa: A002
        """Whether the weights may be used by a user who asks for a license."""
        if self.weights:
            return self.weights.permits(license)
        return permits(license, *(self.licences or (None,)))

    def find_weights(self) -> Path | None:
        """The checkpoint: mmfsa's, or the one that the user keeps under this name."""
        if self.weights:
            return self.weights.verify()
        kept = kept_path(self.name)
        return kept if kept.is_file() else None


def entries() -> list[Entry]:
    """Everything that has a name: mmfsa's own weights first, then the experiments."""
    files = experiments()
    licences = {model['Name']: _licences(model) for model in metafile_models()}
    found = {}
    for name, weights in packaged.packaged_weights().items():
        network, _, tag = name.partition('.')
        config = files[weights.config]
        found[name] = Entry(name, network, tag, weights.config, config, weights)
    for experiment, (network, tag) in sorted(networks_and_tags().items()):
        name = network if tag is None else f'{network}.{tag}'
        config = files[experiment]
        known = licences.get(experiment, ())
        entry = Entry(name, network, tag, experiment, config, None, known)
        found.setdefault(name, entry)
    return [*found.values()]


def _licences(model: dict) -> tuple[str, ...]:
    """The licences of weights that can be converted; none where there are no weights."""
    about = model.get('Metadata', {}) if 'Converted From' in model else {}
    keys = 'Licence of the code', 'Licence of the data'
    return tuple(about[key] for key in keys if key in about)


def resolve(name: str) -> Entry:
    """What a name stands for.

    Args:
        name: NETWORK.TAG; an experiment, such as `fsa_caps_1x1_p1`; an alias of weights
            or of an experiment; or a network, which stands for the first weights that
            mmfsa brings for it, or else for its experiment on 300W-LP. `-` may stand for
            `_`, and `.py` follow.

    Raises:
        ValueError: If there is no such name; the message lists the nearest ones.
    """
    wanted = name.lower().replace('-', '_').removesuffix('.py')
    by_name = entries_by_name()
    if wanted not in by_name:
        near = get_close_matches(wanted, by_name, n=5, cutoff=0.5)
        listed = f'the nearest are {", ".join(near)}' if near else 'none is near'
        raise ValueError(
            f'there is no model {name!r}: {listed}; `mmfsa models --all` lists them all, '
            'and the path of a config is good, too'
        )
    return by_name[wanted]


def entries_by_name() -> dict[str, Entry]:
    """Entries by all their names: NETWORK.TAG comes first, a network's name last."""
    known = entries()
    by_name = {entry.name: entry for entry in known}
    for entry in known:
        for alias in entry.weights.aliases if entry.weights else ():
            by_name.setdefault(alias, entry)
    for entry in known:
        by_name.setdefault(entry.experiment, entry)
    for alias, experiment in aliases().items():
        by_name.setdefault(alias, by_name[experiment])
    for entry in sorted(known, key=lambda e: (e.weights is None, e.tag != PREFERRED)):
        by_name.setdefault(entry.network, entry)
    return by_name


def list_models(filter: str = '*', weights: bool | str | None = None) -> list[str]:  # noqa: A002
    """The names of networks, or of the weights that mmfsa brings.

    Args:
        filter: A pattern, such as `fsa_caps_*`.
        weights: None lists networks. True lists the names NETWORK.TAG of the weights that
            mmfsa brings, a tag such as `aflw` those of this tag.

    Returns:
        Sorted names.
    """
    if weights is None:
        names = {entry.network for entry in entries()}
    else:
        names = {
            entry.name
            for entry in entries()
            if entry.weights and weights in (True, entry.tag)
        }
    return sorted(name for name in names if fnmatchcase(name, filter))


def default_model(license: str = 'any', exported: bool = False) -> str:  # noqa: A002
    """The name of the weights that a user gets who names none.

    Args:
        license: `free` leaves out weights that are for research only.
        exported: Leave out weights without an ONNX file.

    Raises:
        ValueError: If there are none, or there is no such license.
    """
    for name, weights in packaged.packaged_weights().items():
        if weights.permits(license) and (weights.exported or not exported):
            return name
    raise ValueError('mmfsa brings no such weights: give some, or `make train`')


def experiments_with_a_network() -> list[str]:
    """The names of the experiments that train a network: all but plain methods."""
    return [name for name, path in sorted(experiments().items()) if _has_network(path)]


@lru_cache
def _has_network(path: Path) -> bool:
    from mmfsa.utils.configs import load_config

    return 'model' in load_config(path)


def get_config(name: str) -> 'Config':
    """The config of a name; see :func:`resolve`.

    Raises:
        ValueError: If there is no such name.
    """
    from mmfsa.utils.configs import load_config

    return load_config(resolve(name).config)


def find_model(
    name: str,
    license: str = 'any',  # noqa: A002
) -> 'tuple[Config, Path | None]':
    """A model's config, and its weights where there are any.

    Args:
        name: See :func:`resolve`.
        license: `free` refuses weights that are for research only.

    Returns:
        The config, and the checkpoint: mmfsa's, whose SHA-256 was checked, or the user's
        (:func:`~mmfsa.zoo.weights.kept_path`); None where there is neither.

    Raises:
        OSError: If the weights are a fusion's, and the cache can't be written.
        ValueError: If there is no such name or license, or if the weights are damaged or
            not under this license.
    """
    from mmfsa.utils.configs import load_config

    entry = resolve(name)
    weights = entry.find_weights()
    if weights and not entry.permits(license):
        raise ValueError(
            f'the weights of {name} are {entry.licence or "of an unknown licence"}: with '
            f'license={license!r} name {default_model(license)}, or no model'
        )
    return load_config(entry.config), weights
