"""Converters: each writes the index of one data set, from its files as published.

A converter is a module with ``add_arguments(parser)`` and ``run(args)``; its docstring
is the help text. ``tools/dataset_converters`` and the command line share both. What a
conversion promises (interruptions, reports) is in :mod:`.engine`.
"""

from importlib import import_module
from types import ModuleType

CONVERTERS = {
    'aflw2000': 'mmfsa.datasets.converters.aflw2000',
    '300wlp': 'mmfsa.datasets.converters.w300lp',
    'biwi': 'mmfsa.datasets.converters.biwi',
    'aflw': 'mmfsa.datasets.converters.aflw',
    'csv': 'mmfsa.datasets.converters.csv_file',
    'synth': 'mmfsa.datasets.converters.synth',
    'refine': 'mmfsa.datasets.converters.refine',
    'relabel': 'mmfsa.datasets.converters.relabel',
}


def load_converter(name: str) -> ModuleType:
    """The module of a converter, imported when it is asked for.

    Args:
        name: A key of :data:`CONVERTERS`.

    Returns:
        A module with ``add_arguments(parser)`` and ``run(args)``.

    Raises:
        ValueError: There is no converter of this name.
    """
    if name not in CONVERTERS:
        raise ValueError(f'no converter {name!r}; there are {", ".join(CONVERTERS)}')
    return import_module(CONVERTERS[name])
