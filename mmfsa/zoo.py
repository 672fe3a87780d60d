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
        known = sorted(p.stem for p in config_dir().glob('*.py'))
        raise ValueError(f'there is no experiment {name!r}: {", ".join(known)}')
    return Config.fromfile(path)
