"""The sizes of the zoo's networks, beside those that their papers print."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from mmfsa.evaluation.tables import format_table
from mmfsa.inputs import InputSpec
from mmfsa.models.size import measure_size
from mmfsa.utils.configs import load_config
from mmfsa.utils.reading import read_json

from .config_files import config_dir, metafile_models, network_and_tag

HEADER = 'parameters', 'multiply-adds', 'MB', 'MB in the paper'

SCORED_ON = 'AFLW2000, every fourth image'


def sizes(configs: Iterable[Path], shape: tuple[int, int] | None = None) -> str:
    """The sizes of the networks of experiment files, as a table.

    Args:
        configs: The experiment files.
        shape: Height and width of the image in pixels; by default the crop of the config.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    rows = []
    for path in configs:
        model = load_config(path).model
        size = InputSpec.from_dict(model.get('inputs')).size[::-1]
        network, _ = network_and_tag(Path(path).stem)
        cells = size_cells(network, measure_size(model, shape or size))
        rows.append([path.stem, *cells])
    return format_table(['model', *HEADER], rows)


def size_cells(network: str, size: Mapping[str, int]) -> list[str]:
    """The cells of :data:`HEADER` for a network.

    Args:
        network: Its name.
        size: See :func:`~mmfsa.models.size.measure_size`.
    """
    paper = paper_megabytes(network)
    return [
        f'{size["parameters"]:,}',
        f'{size["multiply_adds"] / 1e6:.1f} M',
        f'{size["bytes"] / 1e6:.2f}',
        '' if paper is None else f'{paper}',
    ]


@cache
def benchmark() -> dict:
    """What :func:`mmfsa.deploy.timing.benchmark_zoo` measured of all networks."""
    return read_json(config_dir() / 'benchmark.json')


def measured(name: str) -> tuple[float | None, float | None, float | None]:
    """The error, the size and the time of weights, for a table of all.

    Args:
        name: The weights' full name, NETWORK.TAG.

    Returns:
        MAE in degrees on every fourth image of AFLW2000 (491 faces), 10^6 bytes of the
        exported ONNX file, and milliseconds of a face on one thread; None: not measured.
    """
    network, _, tag = name.partition('.')
    maes = [
        result['Metrics']['MAE']
        for model in metafile_models()
        if network_and_tag(model['Name']) == (network, tag or None)
        for result in model.get('Results') or []
        if result['Dataset'] == SCORED_ON
    ]
    costs = benchmark()['networks'].get(network, {})
    size = costs.get('onnx_bytes')
    return (
        maes[0] if maes else None,
        size and size / 1e6,
        costs.get('milliseconds'),
    )


def paper_megabytes(network: str) -> float | None:
    """The size of a network in its paper, as a metafile's `Paper MB` quotes it."""
    return {
        network_and_tag(model['Name'])[0]: model['Paper MB']
        for model in metafile_models()
        if 'Paper MB' in model
    }.get(network)
