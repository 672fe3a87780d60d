"""The converters' engine: find items, read them in parallel, write the index.

An item that can't be used is dropped with a reason; nothing is dropped silently, and
nothing that is wrong with one item ends the conversion. Results are journaled one by
one, so that an interrupted conversion goes on where it stopped.
"""

import argparse
import errno
import json
import math
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np
from rich.console import Console
from rich.table import Table

from mmfsa.datasets.index import FORMAT_VERSION
from mmfsa.structures import ANGLES, CONVENTION, matrix_to_pose
from mmfsa.utils.cli import clear_errors, processes, script_parser
from mmfsa.utils.doors import check, check_file, opened
from mmfsa.utils.files import lock, replacing, write_json
from mmfsa.utils.progress import track
from mmfsa.utils.threads import worker_pool

BOX = 'x1', 'y1', 'x2', 'y2'  # columns of tables
CHUNK = 16
OF_THE_DISK = errno.ENOSPC, errno.EDQUOT, errno.EROFS  # what ends a conversion


class ItemError(Exception):
    """One item can't be used.

    Args:
        reason: What is counted in the report: the same words for the same fault.
        detail: What is particular to this item.
    """

    def __init__(self, reason: str, detail: object = '') -> None:
        super().__init__(reason, str(detail))


def main(converter: ModuleType, arguments: Sequence[str] | None = None) -> None:
    """Run a converter as a script, with the help text of its docstring.

    Args:
        converter: A module with ``add_arguments(parser)`` and ``run(args)``.
        arguments: The command line without the program; the process's own by default.
    """
    parser = script_parser(converter.__doc__)
    converter.add_arguments(parser)
    with opened(sys.argv[1:] if arguments is None else arguments) as others:
        run_converter(converter, parser.parse_args(others))


def run_converter(converter: ModuleType, args: argparse.Namespace) -> None:
    """Run a converter: what goes wrong is one line and a non-zero exit status.

    Args:
        converter: A module with ``run(args)``.
        args: What a parser gave that its ``add_arguments`` has filled.

    Raises:
        SystemExit: With the message of a user's error; with 130 after Ctrl-C.
    """
    try:
        with clear_errors():
            converter.run(args)
    except BrokenProcessPool:
        sys.exit('error: a worker was killed, perhaps for memory: try fewer --workers')
    except KeyboardInterrupt:
        sys.stderr.write('\nInterrupted. The same command goes on from here.\n')
        sys.exit(130)


def add_source(parser: argparse.ArgumentParser, what: str) -> None:
    """The argument `src`.

    Args:
        parser: A converter's.
        what: What `src` is, for its help.
    """
    parser.add_argument('src', type=Path, help=what)


def add_output(parser: argparse.ArgumentParser, name: str) -> None:
    """The options `--out` and `--workers`.

    Args:
        parser: A converter's.
        name: Where the configs look for the data set: ``data/NAME``.
    """
    parser.add_argument('--out', type=Path, required=True, help=f'usually data/{name}')
    parser.add_argument(
        '--workers', type=processes, default=min(8, os.cpu_count()), help='%(default)s'
    )


def img_root(images: Path, out: Path) -> str:
    """Where the images lie, relative to the index, so that both can move together."""
    return os.path.relpath(images.resolve(), out.resolve())


def image_size(path: Path) -> tuple[int, int]:
    """Width and height of an image that decodes to its end, as its viewer shows it.

    Args:
        path: The image.

    Returns:
        Width and height in pixels.

    Raises:
        ItemError: The image is missing or damaged; of a truncated JPEG, cv2 would
            return a half-grey image.
    """
    from PIL import Image, ImageOps

    try:
        check_file(path)
        with Image.open(path) as img:
            check(path, 'pixels', math.prod(img.size))
            img.load()
            return ImageOps.exif_transpose(img).size
    except FileNotFoundError as error:
        raise ItemError('missing image') from error
    except Exception as error:  # damage shows as any of a dozen kinds
        raise ItemError('unreadable image', error) from error


def angles(pose: np.ndarray) -> dict[str, float]:
    """The entry's angles.

    Args:
        pose: (3,) yaw, pitch, roll in degrees.

    Returns:
        ``yaw``, ``pitch`` and ``roll``, rounded to six decimals.

    Raises:
        ItemError: A label is NaN, or beyond ±180.
    """
    if not np.isfinite(pose).all():
        raise ItemError('NaN label')
    if np.abs(pose).max() > 180:
        raise ItemError('angle beyond ±180', np.round(pose, 1).tolist())
    return {
        name: round(float(angle), 6) for name, angle in zip(ANGLES, pose, strict=True)
    }


def face_box(x1: float, y1: float, x2: float, y2: float) -> list[int]:
    """A box in whole pixels, cut towards zero as FSA-Net's authors do.

    Args:
        x1: Left, in pixels.
        y1: Top.
        x2: Right.
        y2: Bottom.

    Returns:
        The four as whole numbers.

    Raises:
        ItemError: Nothing is left of the box.
    """
    box = [int(v) for v in (x1, y1, x2, y2)]
    if box[0] >= box[2] or box[1] >= box[3]:
        raise ItemError('empty face box', box)
    return box


def numbers(row: dict, columns: Sequence[str]) -> list[float]:
    """The numbers in some columns of a row of text.

    Raises:
        ItemError: One of them is no number, or NaN.
    """
    try:
        found = [float(row[column]) for column in columns]
    except (TypeError, ValueError) as error:
        raise ItemError('a label is no number', error) from error
    if not np.isfinite(found).all():
        raise ItemError('NaN label')
    return found


def box_inside(box: Sequence[float], size: tuple[int, int]) -> None:
    """Check that a box (x1, y1, x2, y2) shares pixels with an image (width, height).

    Raises:
        ItemError: It does not.
    """
    (x1, y1, x2, y2), (width, height) = box, size
    if not (x1 < width and x2 > 0 and y1 < height and y2 > 0):
        raise ItemError('face box outside the image', f'{box} of {width}x{height}')


@contextmanager
def read_all(
    args: argparse.Namespace,
    items: dict[str, object],
    read: Callable[[object], dict],
    dropped: dict[str, str] | None = None,
    chunk: int = CHUNK,
) -> Iterator[dict[str, dict]]:
    """Read all items in parallel, after those that an interrupted run has read.

    The body writes the index; when it succeeds, the journal goes. It goes, too, where
    nothing can be used: the user fixes the files, and all are read again.

    Args:
        args: ``src``, ``out``, ``workers`` and a converter's own. A run goes on only
            where an earlier run with the same arguments stopped.
        items: Name → what ``read`` takes.
        read: Makes an item's entry of the index, or raises :class:`ItemError`; it is
            pickled.
        dropped: Names that were dropped when the items were found, with the reason.
        chunk: How many items a worker takes at a time: the fewer, the longer each takes.

    Yields:
        Name → entry or ``{'dropped': reason, 'detail': …}``, sorted by name.
    """
    if not items:
        raise ValueError(
            f'{args.src} has nothing to convert; --help shows the layout it should have'
        )
    results = {
        name: {'dropped': reason, 'detail': ''}
        for name, reason in (dropped or {}).items()
    }
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        journal = _Journal(args)
        todo = {n: item for n, item in items.items() if n not in journal.results}
        for name, result in _map(read, todo, args.workers, chunk):
            journal.append(name, result)
        results |= {name: journal.results[name] for name in items}
        try:
            yield dict(sorted(results.items()))
        except ValueError:
            journal.path.unlink()
            raise
        journal.path.unlink()
    except OSError as error:  # of a full disk it does not say which
        error.filename = error.filename or str(args.out)
        raise


def write_index(
    args: argparse.Namespace, metainfo: dict, results: dict[str, dict], suffix: str = ''
) -> None:
    """Write index.json with its report.json and angles.png, and print the report.

    Args:
        args: ``src`` and ``out``.
        metainfo: ``dataset``, ``box_source``, ``box_kind``, ``img_root``.
        results: What :func:`read_all` gave. An entry's ``note`` is counted in the
            report and not kept.
        suffix: Ends the three names, where there is more than one index.

    Raises:
        ValueError: All items were dropped.
    """
    report = _report(metainfo['dataset'], args.src, results)
    _print_report(report)
    write_json(report, args.out / f'report{suffix}.json')
    entries = [result for result in results.values() if 'dropped' not in result]
    if not entries:
        name, why = next(iter(results.items()))
        detail = ' '.join(str(why['detail']).split())[:300]
        raise ValueError(
            f'nothing can be used: see {args.out}/report{suffix}.json; {name}: '
            f'{why["dropped"]}{detail and f" ({detail})"}'
        )
    _plot_angles(entries, metainfo['dataset'], args.out / f'angles{suffix}.png')
    index = {
        'metainfo': {
            **metainfo,
            'format_version': FORMAT_VERSION,
            'convention': CONVENTION,
            'num_found': report['found'],
            'num_dropped': {k: v['count'] for k, v in report['dropped'].items()},
        },
        'data_list': [{k: e[k] for k in e if k != 'note'} for e in entries],
    }
    path = args.out / f'index{suffix}.json'
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(index, allow_nan=False))
    Console().print(f'Wrote {path}')


class _Journal:
    """One line of JSON per result; the first line says what they are results of."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.path = args.out / '.converted.jsonl'
        self._lock = lock(self.path)
        self.results: dict[str, dict] = {}
        header = {'format_version': FORMAT_VERSION} | {
            key: str(value)
            for key, value in vars(args).items()
            if key != 'workers' and not callable(value)
        }
        if self.path.exists() and self._take_over(header):
            Console().print(f'Going on after {len(self.results)} items that are read')
        else:
            self.path.write_bytes(b'')
            self._write(header)

    def append(self, name: str, result: dict) -> None:
        self._write([name, result])
        self.results[name] = result

    def _write(self, value: object) -> None:
        with self.path.open('ab') as file:
            file.write(json.dumps(value).encode() + b'\n')

    def _take_over(self, header: dict) -> bool:
        """Read the whole lines that an earlier run has left, and cut off what is not."""
        lines = self.path.read_bytes().splitlines(keepends=True)
        if lines and not lines[-1].endswith(b'\n'):
            os.truncate(self.path, sum(map(len, lines[:-1])))
            lines.pop()
        if not lines or json.loads(lines[0]) != header:
            return False
        read = (json.loads(line) for line in lines[1:])
        # What was dropped may be fixed by now.
        self.results = {name: r for name, r in read if 'dropped' not in r}
        return True


def _map(
    read: Callable[[object], dict], items: dict[str, object], workers: int, chunk: int
) -> Iterator[tuple[str, dict]]:
    with (
        worker_pool(workers, method=None) as pool,
        closing(pool.map(_Attempt(read), items.values(), chunksize=chunk)) as results,
    ):
        yield from track(zip(items, results, strict=True), 'Reading', len(items))


class _Attempt:
    """``read``, with a dropped item as a result."""

    def __init__(self, read: Callable[[object], dict]) -> None:
        self.read = read

    def __call__(self, item: object) -> dict:
        try:
            result = self.read(item)
            json.dumps(result, allow_nan=False)  # else no index could have it
            return result
        except ItemError as error:
            reason, detail = error.args
        except ImportError:
            raise
        except Exception as error:  # whatever is wrong with one item
            if isinstance(error, OSError) and error.errno in OF_THE_DISK:
                raise
            reason, detail = 'unreadable item', f'{type(error).__name__}: {error}'
        return {'dropped': reason, 'detail': detail}


def _report(dataset: str, src: Path, results: dict[str, dict]) -> dict:
    dropped, notes = defaultdict(dict), defaultdict(list)
    kept = []
    for item, result in sorted(results.items()):
        if 'dropped' in result:
            dropped[result['dropped']][item] = result['detail']
            continue
        kept.append(result)
        if 'note' in result:
            notes[result['note']].append(item)
    return {
        'dataset': dataset,
        'source': str(src),
        'found': len(results),
        'kept': len(kept),
        'dropped': {
            reason: {'count': len(items), 'items': items}
            for reason, items in dropped.items()
        },
        'kept_with_a_note': {
            note: {'count': len(items), 'items': items} for note, items in notes.items()
        },
        'kept_beyond_99_degrees': int((np.abs(_poses(kept)) > 99).any(axis=1).sum()),
    }


def _poses(entries: list[dict]) -> np.ndarray:
    """Yaw, pitch, roll in degrees, (n, 3), from angles or rotations."""
    poses = np.zeros((len(entries), 3))
    turned = [row for row, entry in enumerate(entries) if 'rotation' in entry]
    if turned:
        poses[turned] = matrix_to_pose([entries[row]['rotation'] for row in turned])
    for pose, entry in zip(poses, entries, strict=True):
        if 'rotation' not in entry:
            pose[:] = [entry[name] for name in ANGLES]
    return poses


def _print_report(report: dict) -> None:
    table = Table('', 'items', 'names', title=report['dataset'])
    table.add_row('found', str(report['found']))
    table.add_row('kept', str(report['kept']))
    beyond = report['kept_beyond_99_degrees']
    table.add_row('  an angle beyond ±99', str(beyond), 'filter_cfg drops them')
    for heading, key in (('  ', 'kept_with_a_note'), ('dropped: ', 'dropped')):
        for reason, group in report[key].items():
            names = list(group['items'])
            shown = ', '.join(names[:3]) + (', …' if len(names) > 3 else '')
            table.add_row(heading + reason, str(group['count']), shown)
    Console().print(table)


def _plot_angles(entries: list[dict], dataset: str, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 3))
    figure.suptitle(f'{dataset}: {len(entries)} faces')
    panels = figure.subplots(1, 3, sharey=True)
    figure.subplots_adjust(left=0.06, right=0.98, bottom=0.2)
    panels[0].set_ylabel('faces')
    for name, axes, values in zip(ANGLES, panels, _poses(entries).T, strict=True):
        axes.hist(values, bins=range(-180, 181, 5), histtype='stepfilled')
        axes.set(xlabel=f'{name} [degrees]', xlim=(-180, 180), yscale='log')
        axes.set_xticks(range(-180, 181, 60))
        axes.minorticks_off()
        axes.axvspan(-99, 99, alpha=0.1)
    with replacing(path) as temporary:
        figure.savefig(temporary, format='png', dpi=100)
