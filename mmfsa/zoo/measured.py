"""What is measured of the zoo's networks: error, size and time."""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from mmfsa.utils.reading import read_json

from .config_files import config_dir, metafile_models, networks_and_tags

QUARTER = 'AFLW2000, every fourth image'


class Measured(NamedTuple):
    """What is known of weights; None: not measured.

    Attributes:
        mae: Degrees, on every fourth image of AFLW2000 (491 faces).
        megabytes: 10^6 bytes of the exported ONNX file.
        milliseconds: The time of a face on one thread.
    """

    mae: float | None
    megabytes: float | None
    milliseconds: float | None


@cache
def benchmark() -> dict:
    """What :func:`mmfsa.deploy.timing.benchmark_zoo` measured of all networks."""
    return read_json(config_dir() / 'benchmark.json')


def measured(names: Iterable[str]) -> dict[str, Measured]:
    """What is known of weights, by their full names, NETWORK.TAG."""
    stated = networks_and_tags()
    errors = {}
    for model in metafile_models():
        for result in model.get('Results') or []:
            if result['Dataset'] == QUARTER:
                errors.setdefault(stated[model['Name']], result['Metrics']['MAE'])
    found = {}
    for name in names:
        network, _, tag = name.partition('.')
        costs = benchmark()['networks'].get(network, {})
        size = costs.get('onnx_bytes')
        found[name] = Measured(
            errors.get((network, tag or None)),
            size and size / 1e6,
            costs.get('milliseconds'),
        )
    return found
