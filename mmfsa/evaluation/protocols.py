"""The same weights under several protocols: what boxes and crops make of an error.

docs/en/protocols.md shows the results as tables (:mod:`mmfsa.zoo.tables`).
"""

from pathlib import Path

from mmfsa.engine.testing import test
from mmfsa.utils.files import write_json

from .tables import format_table

# Settings of `test`, by the names that files and tables have for them.
PROTOCOLS = {
    'own': {},
    'own, detector': dict(box='detector'),
    'hopenet': dict(pipeline='hopenet'),
    'hopenet, visible': dict(pipeline='hopenet', box='visible'),
    'hopenet, landmarks68': dict(pipeline='hopenet', box='landmarks68'),
    'sixdrepnet': dict(pipeline='sixdrepnet'),
    'sixdrepnet, visible': dict(pipeline='sixdrepnet', box='visible'),
    'sixdrepnet, landmarks68': dict(pipeline='sixdrepnet', box='landmarks68'),
}
FAR = 'yaw 60-90'  # the faces where Euler angles and rotations differ most
DIGITS = 4  # of the numbers that are written


def measure_protocols(
    config: str | Path, weights: str | Path, out: Path, **settings
) -> str:
    """Score weights under every protocol, on AFLW2000, and write the results.

    Args:
        config: The experiment file.
        weights: The checkpoint.
        out: The results file, with an object for each protocol. The name of the file
            becomes the name in the tables of docs/en/protocols.md.
        **settings: Arguments of :func:`mmfsa.engine.testing.test`.

    Returns:
        The errors in degrees, as a table.

    Raises:
        FileNotFoundError: The config, the weights or the data set is missing.
        OSError: The results can't be written.
        ValueError: The weights are another model's, or the index is old.
    """
    results = {}
    for name, chosen in PROTOCOLS.items():
        (result,) = test(config, weights, 'aflw2000', **chosen, **settings).values()
        results[name] = result | dict(
            metrics=_rounded(result['metrics']),
            table={FAR: _rounded(result['table'].get(FAR, {}))},
        )
    write_json(results, out)
    columns = 'MAE', 'folded_MAE', 'geodesic_mean', 'coverage'
    rows = [
        [name, *(f'{result["metrics"][f"head_pose/{c}"]:.3f}' for c in columns)]
        for name, result in results.items()
    ]
    return format_table(['protocol', *columns], rows)


def _rounded(numbers: dict[str, float]) -> dict[str, float]:
    return {name: round(number, DIGITS) for name, number in numbers.items()}
