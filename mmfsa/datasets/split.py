"""Which entries of an index a dataset uses: lists of sequences, or a random part."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from mmengine.logging import print_log

from mmfsa.utils.reading import read_data

SPLITS = Path(__file__).parent / 'splits'


def select(
    entries: list[dict],
    part: str | Sequence[str],
    file: str | None = None,
    fraction: float | None = None,
    seed: int = 0,
    allow_partial: bool = False,
    by: str | None = None,
) -> list[dict]:
    """The part of the entries that a ``split`` names.

    ``file``: a JSON or YAML file, or the name of one in ``mmfsa/datasets/splits``, whose
    ``parts`` list the values of the field ``by`` (``sequence`` or ``subject``); several
    parts are joined. ``fraction``: ``part`` is ``train``, a random fraction of the
    entries drawn with ``seed``, or ``val``, the others.

    Args:
        entries: The entries of the index, in its order.
        part: The name of the part.
        file: The file that lists the parts.
        fraction: Share of the entries that ``train`` takes.
        seed: Seed of the draw; the same seed and entries give the same parts anywhere.
        allow_partial: Only warn where the part lists what the index does not have.
        by: With ``fraction``: entries with the same value of this field, such as
            ``sequence`` or ``subject``, stay together; the fraction is that of the values.

    Raises:
        ValueError: The part is unknown, or lists what the index does not have; or an
            entry has no field `by`.
    """
    if (file is None) == (fraction is None):
        raise ValueError('a split has either file= or fraction=')
    if fraction is not None:
        return _random_part(entries, part, fraction, seed, by)
    if by is not None:
        raise ValueError('by= is for fraction=: a file says itself what it goes by')

    path = SPLITS / f'{file}.json'
    path = path if path.is_file() else Path(file)
    if not path.is_file():
        known = sorted(path.stem for path in SPLITS.glob('*_*_*.json'))
        raise ValueError(f'there is no split {file}: {", ".join(known)}, or a file')
    by, parts = _read_split(path)
    names = set()
    for name in [part] if isinstance(part, str) else part:
        if name not in parts:
            raise ValueError(f'split {file} has no part {name!r}: {[*parts]}')
        names.update(parts[name])
    chosen = [entry for entry in entries if str(entry.get(by)) in names]
    absent = names - {str(entry[by]) for entry in chosen}
    if absent:
        message = (
            f'part {part!r} of split {file} lists {by} {sorted(absent)}, '
            'which the index does not have: convert the whole data set'
        )
        if not allow_partial:
            raise ValueError(f'{message}, or pass --allow-partial (allow_partial=True)')
        print_log(message, logger='current', level=logging.WARNING)
    return chosen


def _read_split(path: Path) -> tuple[str, dict[str, list[str]]]:
    """The field that a split looks at, and the values that its parts list, as texts."""
    split = read_data(path)
    try:
        by, parts = split['by'], split['parts']
        values = {name: [*map(str, part)] for name, part in parts.items()}
        known = isinstance(by, str) and not any(
            isinstance(p, str) for p in parts.values()
        )
    except (AttributeError, KeyError, TypeError):
        known = False
    if not known:
        raise ValueError(
            f'{path} is no split: it has a field `by`, and lists as `parts`'
        )
    return by, values


def _random_part(
    entries: list[dict], part: str, fraction: float, seed: int, by: str | None
) -> list[dict]:
    if not 0 < fraction < 1:
        raise ValueError(f'fraction must be in (0, 1), got {fraction}')
    if by is None:
        groups = range(len(entries))
    else:
        groups = [entry.get(by) for entry in entries]
        if None in groups:
            path = entries[groups.index(None)]['img_path']
            raise ValueError(f'entry {path} has no {by} to split by')
    values = list(dict.fromkeys(groups))
    order = np.random.RandomState(seed).permutation(len(values))
    cut = round(fraction * len(values))
    parts = {'train': order[:cut], 'val': order[cut:]}
    if not isinstance(part, str) or part not in parts:
        raise ValueError(f'part must be train or val, got {part!r}')
    chosen = {values[i] for i in parts[part]}
    return [
        entry for entry, group in zip(entries, groups, strict=True) if group in chosen
    ]
