"""The sizes of the zoo's networks, beside those that their papers print."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from mmfsa.evaluation.tables import format_table
from mmfsa.inputs import InputSpec
from mmfsa.models.size import measure_size
from mmfsa.utils.configs import load_config

from .config_files import metafile_models, network_and_tag

HEADER = 'parameters', 'multiply-adds', 'MB', 'MB in the paper'


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


def paper_megabytes(network: str) -> float | None:
    """The size of a network in its paper, as a metafile's `Paper MB` quotes it."""
    return {
        network_and_tag(model['Name'])[0]: model['Paper MB']
        for model in metafile_models()
        if 'Paper MB' in model
    }.get(network)
