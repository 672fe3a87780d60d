"""Splits very many images into shards: so many files, rows of a Parquet file, or a tar.

A shard is a plain dict, so that a plan of shards is a file of JSON lines:

* ``dict(files=[…])``: image files,
* ``dict(parquet=FILE, start=0, stop=1000)``: rows of a Parquet file,
* ``dict(tar=FILE)``: a tar of WebDataset.
"""

import glob
import os
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from mmfsa.sources import NamedImage, Unreadable
from mmfsa.utils.doors import check
from mmfsa.utils.media import KIND_OF
from mmfsa.utils.packages import import_package
from mmfsa.utils.reading import damaged

SUFFIXES = '.parquet', '.tar'
# Where a Parquet file has its images, if no column is named.
COLUMNS = 'image', 'bytes', 'path', 'img_path', 'file', 'file_name'


def list_shards(
    inputs: Sequence[str | Path], size: int, column: str | None = None
) -> Iterator[dict]:
    """The shards of what a user names; the same files give the same shards.

    Args:
        inputs: Folders (with all folders in them), globs, image files, Parquet files and
            tars.
        size: The most images of a shard. A tar is one shard, whatever it holds.
        column: The column of Parquet files that has the images, as bytes or as paths;
            by default the first of :data:`COLUMNS` that is there.

    Raises:
        OSError: An input is not there.
        ValueError: A Parquet file has no such column, or is damaged.
    """
    images = []
    for path in _files(inputs):
        suffix = path.suffix.lower()
        if suffix == '.parquet':
            num, name = _rows(path, column)
            for start in range(0, num, size):
                stop = min(start + size, num)
                yield dict(parquet=str(path), column=name, start=start, stop=stop)
        elif suffix == '.tar':
            yield dict(tar=str(path))
        else:
            images.append(str(path))
            if len(images) == size:
                yield dict(files=images)
                images = []
    if images:
        yield dict(files=images)


def images_of(shard: dict) -> Iterator[Path | NamedImage | Unreadable]:
    """The images of a shard, in their order, for an inferencer.

    Raises:
        OSError: The shard's file can't be read now.
        ValueError: A Parquet file is damaged.
    """
    if 'files' in shard:
        return map(Path, shard['files'])
    if 'tar' in shard:
        return _images_of_tar(Path(shard['tar']))
    return _images_of_rows(**shard)


def _files(inputs: Sequence[str | Path]) -> Iterator[Path]:
    """The files that hold images, with absolute names: workers have other folders."""
    for given in inputs:
        path = Path(given).absolute()
        if path.is_dir():
            yield from _files_in(path)
        elif path.exists():
            yield path
        else:
            found = sorted(glob.glob(str(given), recursive=True))  # noqa: PTH207
            if not found:
                raise FileNotFoundError(f'{given}: there is no such file or folder')
            yield from _files(found)


def _files_in(folder: Path) -> Iterator[Path]:
    """The images, Parquet files and tars in a folder and its folders, sorted."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith('.'))
        for name in sorted(names):
            suffix = Path(name).suffix.lower()
            known = suffix in SUFFIXES or KIND_OF.get(suffix) == 'image'
            if known and not name.startswith('.'):
                yield Path(root, name)


def _rows(path: Path, column: str | None) -> tuple[int, str]:
    """The number of a Parquet file's rows, and the column with its images."""
    with damaged(path, 'Parquet'), _opened(path) as file:
        names = file.schema_arrow.names
        known = [column] if column else COLUMNS
        name = next((name for name in known if name in names), None)
        if name is None:
            raise ValueError(
                f'{path} has no column {", ".join(known)}: it has {", ".join(names)}; '
                'give --column'
            )
        return file.metadata.num_rows, name


def _opened(path: str | Path):
    return import_package('pyarrow.parquet').ParquetFile(path)


def _images_of_rows(
    parquet: str, column: str, start: int, stop: int
) -> Iterator[Path | NamedImage | Unreadable]:
    """The images of rows: bytes, paths, or both as Hugging Face's data sets have them."""
    path = Path(parquet)
    with damaged(path, 'Parquet'), _opened(path) as file:
        values = _values(file, column, start, stop)
        for number, value in zip(range(start, stop), values, strict=True):
            name = f'{path}#{number}'
            if isinstance(value, dict):
                value = value.get('bytes') or value.get('path')
            if isinstance(value, str):
                yield path.parent / value  # an absolute path stays as it is
            elif isinstance(value, bytes):
                yield NamedImage(name, value)
            else:
                yield Unreadable(name, 'there is neither a path nor bytes')


def _values(file, column: str, start: int, stop: int) -> Iterator:
    """The values of some rows of a column; other groups of rows are not read."""
    first, groups = 0, []
    for number in range(file.num_row_groups):
        last = first + file.metadata.row_group(number).num_rows
        if first < stop and last > start:
            groups.append((number, first))
        first = last
    if not groups:
        return iter(())
    rows = (
        value.as_py()
        for batch in file.iter_batches(64, [n for n, _ in groups], [column])
        for value in batch.column(0)
    )
    before = groups[0][1]
    return islice(rows, start - before, stop - before)


def _images_of_tar(path: Path) -> Iterator[NamedImage | Unreadable]:
    """The images of a tar, read from its beginning to its end.

    What a tar of WebDataset has beside its images is left out. Where the tar is damaged,
    the images before the damage count, and the tar is reported.
    """
    try:
        with damaged(path, 'tar'):
            yield from _images_before_damage(path)
    except ValueError as error:
        yield Unreadable(str(path), str(error))


def _images_before_damage(path: Path) -> Iterable[NamedImage]:
    with tarfile.open(path, 'r|') as tar:
        for member in tar:
            suffix = Path(member.name).suffix.lower()
            if member.isfile() and KIND_OF.get(suffix) == 'image':
                name = f'{path}/{member.name}'
                check(name, 'bytes', member.size)
                content = tar.extractfile(member).read()
                if len(content) < member.size:
                    raise tarfile.ReadError(f'{member.name} is cut')
                yield NamedImage(name, content)
