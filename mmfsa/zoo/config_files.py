"""The experiment files below configs/, and what their metafiles say about them."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from mmfsa.utils.reading import read_data

if TYPE_CHECKING:
    from mmengine import Config

PACKAGE = Path(__file__).resolve().parents[1]
# How the names of experiments end, and on which data they train.
PROTOCOLS = {'p1': '300wlp', 'p2': 'biwi'}


def config_dir() -> Path:
    """The folder of the experiment files: the checkout's, or the installed package's.

    Raises:
        FileNotFoundError: If the package has lost them.
    """
    for folder in (PACKAGE.parent / 'configs', PACKAGE / '.mim/configs'):
        if (folder / '_base_').is_dir():
            return folder
    raise FileNotFoundError(
        f'mmfsa at {PACKAGE} has lost its configs: install it again with pip'
    )


def experiments() -> dict[str, Path]:
    """The config files of all experiments, by name; the recipes are among them.

    FSA-Net's lie in `configs` and `configs/recipes`, another method's in its own folder,
    beside a metafile.yml.
    """
    folders = [config_dir(), config_dir() / 'recipes']
    folders += [path.parent for path in metafiles() if path.parent not in folders]
    return {path.stem: path for folder in folders for path in folder.glob('*.py')}


def models() -> list[str]:
    """The names of all experiments."""
    return sorted(experiments())


def read_config(experiment: str) -> 'Config':
    """The config of an experiment, by its exact name."""
    from mmfsa.utils.configs import load_config

    return load_config(experiments()[experiment])


def metafiles() -> list[Path]:
    """Every metafile.yml: FSA-Net's first, then those of the other methods' folders."""
    folder = config_dir()
    return [*folder.glob('metafile.yml'), *sorted(folder.glob('*/metafile.yml'))]


def metafile_models() -> list[dict]:
    """What the metafiles say about every experiment, one after the other.

    Besides the keys of OpenMMLab's model index, an entry may have:

    * `Network`: the network that the experiment trains; see :func:`network_of` for
      experiments without this key;
    * `Tag`: what the weights of the experiment are called, after the network's name;
    * `Aliases`: a list of further names of the experiment;
    * `Paper MB`: the size of the network in the paper, in megabytes.
    """
    return [model for path in metafiles() for model in _read_metafile(path)]


def aliases() -> dict[str, str]:
    """The experiments by the further names that metafiles give them."""
    return {
        alias: model['Name']
        for model in metafile_models()
        for alias in model.get('Aliases', [])
    }


def _read_metafile(path: Path) -> list[dict]:
    return _parse_metafile(path, path.stat().st_mtime_ns)


@lru_cache
def _parse_metafile(path: Path, _modified: int) -> list[dict]:
    return read_data(path)['Models'] or []


def network_and_tag(name: str) -> tuple[str, str | None]:
    """The network that an experiment trains, and what its weights are called.

    The metafile's `Network` and `Tag` come first. Without them the experiment's name is
    read as NETWORK_TAG, and `_p1` and `_p2` as the protocols' data:

    >>> network_and_tag('fsa_caps_1x1_p1')
    ('fsa_caps_1x1', '300wlp')
    >>> network_and_tag('fsa_caps_1x1_6d_synth')
    ('fsa_caps_1x1_6d', 'synth')

    Args:
        name: The exact name of an experiment.
    """
    return _network_and_tag(name, metafile_models())


def networks_and_tags() -> dict[str, tuple[str, str | None]]:
    """:func:`network_and_tag` of every experiment, by its name."""
    stated = metafile_models()
    return {name: _network_and_tag(name, stated) for name in experiments()}


def network_of(name: str) -> str:
    """The network that an experiment trains, such as `fsa_caps_1x1` for
    `fsa_caps_1x1_synth`.

    Args:
        name: The exact name of an experiment.
    """
    return network_and_tag(name)[0]


def _network_and_tag(name: str, stated: list[dict]) -> tuple[str, str | None]:
    own = next((model for model in stated if model['Name'] == name), {})
    network = own.get('Network') or _longest_network(name, stated)
    rest = name.removeprefix(network).lstrip('_')
    return network, own.get('Tag') or PROTOCOLS.get(rest, rest) or None


def _longest_network(name: str, stated: list[dict]) -> str:
    """The longest name of a network that an experiment's name begins with."""
    begins = [n for n in _networks(stated) if f'{name}_'.startswith(f'{n}_')]
    return max(begins, key=len, default=name)


def _networks(stated: list[dict]) -> Iterator[str]:
    """The networks that a metafile names, or that are in a protocol of the papers."""
    for model in stated:
        name, _, protocol = model['Name'].rpartition('_')
        if 'Network' in model:
            yield model['Network']
        elif protocol in PROTOCOLS:
            yield name
