"""From the name of an experiment to its config."""

from pathlib import Path

from mmengine import Config

PACKAGE = Path(__file__).resolve().parent


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
    path = config_dir() / f'{name.removesuffix(".py")}.py'
    if not path.is_file():
        raise ValueError(f'there is no experiment {name!r}: {", ".join(models())}')
    return Config.fromfile(path)


def models() -> list[str]:
    """The names of all models, which are those of their experiments."""
    return sorted(path.stem for path in config_dir().glob('*.py'))


def find_model(name: str) -> tuple[Config, Path | None]:
    """A model's config, and its weights where mmfsa brings them.

    Args:
        name: Of an experiment; the protocol may be left out, and is then the first, and
            `-` stand for `_`: `fsa-caps-fusion` is `fsa_caps_fusion_p1`.

    Raises:
        ValueError: If there is no such model.
    """
    experiment = name.lower().replace('-', '_')
    if experiment not in models():
        experiment += '_p1'
    if experiment not in models():
        raise ValueError(f'there is no model {name!r}: {", ".join(models())}')
    weights = PACKAGE / 'weights' / f'{experiment}.pth'
    return get_config(experiment), weights if weights.is_file() else None
