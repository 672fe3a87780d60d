"""The poses of very many images: shards in, a Parquet file of records for each shard out.

Each shard is one task of Ray, on this machine or on a cluster. A shard's file gets its
name when it is whole, so that each image is answered exactly once: a worker that dies is
replaced and its shard done again, and a restart leaves out the shards that are there.
Tasks and not Ray Data, whose blocks have other bounds in each run: a restart could not
say which images are done.

The folder of the results has

* `plan.jsonl`: settings, then a line for each shard; a restart keeps to it,
* `records/00000000.parquet` and so on: a row for each face,
* `unread.jsonl`: what could not be read, and why,
* `manifest.json`: settings and counts, when all shards are done.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path

from mmfsa.methods.loading import WITH_THREADS
from mmfsa.sources.record_table import record_table
from mmfsa.utils.files import lock, replacing, to_json, write_json
from mmfsa.utils.packages import import_package
from mmfsa.utils.reading import one_line
from mmfsa.version import __version__

from .shards import images_of, list_shards

PLAN, MANIFEST, UNREAD = 'plan.jsonl', 'manifest.json', 'unread.jsonl'
RECORDS = 'records/{:08}.parquet'
IN_FLIGHT = 1000  # shards that Ray knows of at a time
RETRIES = 4  # after a worker died, or a disk failed
REPORT_EVERY = 10  # seconds
STARTS = 3  # tries: on a busy machine Ray gives up after 30 seconds


def bulk(
    inputs: Sequence[str | Path],
    out: str | Path,
    settings: dict,
    shard_size: int = 1000,
    column: str | None = None,
    batch_size: int = 16,
    workers: int | None = None,
    address: str | None = None,
    cores: int = 1,
    gpus: float = 0,
) -> dict:
    """Find the poses in all images; a second call goes on where the first one ended.

    Args:
        inputs: Folders, globs, images, Parquet files and tars of WebDataset, see
            :func:`mmfsa.serve.shards.list_shards`. All machines must see them.
        out: The folder of the results. All machines must see it.
        settings: Arguments of :class:`mmfsa.HeadPoseInferencer`. Without a backend and a
            device, ONNX Runtime runs on the CPU.
        shard_size: The most images of a shard.
        column: The column of Parquet files that has the images.
        batch_size: Images whose faces go through the network together.
        workers: Shards at a time on this machine; by default one a core. Not for clusters.
        address: The address of a Ray cluster, or `auto`; None: this machine alone.
        cores: Cores that Ray reserves for a shard, and threads of the networks.
        gpus: GPUs of a shard; a part of 1: several shards share one.

    Returns:
        The manifest.

    Raises:
        ImportError: ray or pyarrow is not installed.
        OSError: An input is not there; results can't be written; or shards failed. All
            others are done then, and the next call tries these again.
        ValueError: A setting is wrong, or `out` has the results of other settings.
    """
    for package in ('ray', 'pyarrow'):
        import_package(package)
    if workers and address:
        raise ValueError('a cluster has its own number of workers')
    out = Path(out).absolute()
    out.mkdir(parents=True, exist_ok=True)
    settings = dict(settings)
    if settings.get('backend') is None and settings.get('device') is None:
        settings['backend'] = 'onnxruntime'
    if settings.get('backend') in WITH_THREADS:
        settings['threads'] = cores
    with lock(out / '.lock'), _ray(workers and workers * cores, address):
        tasks = _Tasks(out, settings, batch_size, cores, gpus)
        header = dict(
            inputs=[os.path.abspath(path) for path in inputs],  # noqa: PTH100
            shard_size=shard_size,
            column=column,
            batch_size=batch_size,
            settings=json.loads(to_json(settings)),
            **tasks.describe(),
        )
        num = _plan(out / PLAN, header)
        _run(tasks, out, num)
    return _finish(out, header, num)


def _plan(path: Path, header: dict) -> int:
    """Write the plan of shards, or look at the one that is there; the number of shards."""
    if not path.exists():
        with replacing(path) as temporary, temporary.open('w') as file:
            file.write(json.dumps(header) + '\n')
            size, column = header['shard_size'], header['column']
            for shard in list_shards(header['inputs'], size, column):
                file.write(json.dumps(shard) + '\n')
    with path.open() as file:
        before = json.loads(next(file))
        for name, value in header.items():
            if before.get(name) != value:
                raise ValueError(
                    f'{path.parent} has results with {name} {before.get(name)!r}, not '
                    f'{value!r}: give another folder'
                )
        return sum(1 for _ in file)


def _shards(path: Path) -> Iterator[tuple[int, dict]]:
    with path.open() as file:
        next(file)
        for number, line in enumerate(file):
            yield number, json.loads(line)


class _Tasks:
    """Starts the tasks of one run."""

    def __init__(
        self, out: Path, settings: dict, batch_size: int, cores: int, gpus: float
    ) -> None:
        self._ray = import_package('ray')
        self._needs = dict(num_cpus=cores, num_gpus=gpus)
        self._arguments = out, to_json(settings), batch_size

    def describe(self) -> dict:
        """What runs on the workers: model, weights and version.

        Raises:
            Exception: Whatever a worker raises at these settings.
        """
        task = self._ray.remote(**self._needs)(_describe)
        try:
            return self._ray.get(task.remote(self._arguments[1]))
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause from None

    def run(
        self, shards: Iterator[tuple[int, dict]]
    ) -> Iterator[tuple[int, dict | Exception]]:
        """The numbers of shards with their counts or errors, as they get done."""
        ray = self._ray
        task = ray.remote(
            **self._needs, max_retries=RETRIES, retry_exceptions=[OSError]
        )(write_shard)
        waiting = {}
        while True:
            for number, shard in islice(shards, IN_FLIGHT - len(waiting)):
                waiting[task.remote(number, shard, *self._arguments)] = number
            if not waiting:
                return
            (done,), _ = ray.wait(list(waiting), num_returns=1)
            number = waiting.pop(done)
            try:
                yield number, ray.get(done)
            except ray.exceptions.RayTaskError as error:
                yield number, error.cause
            except ray.exceptions.RayError as error:  # such as a worker that crashes
                yield number, error


def _run(tasks: _Tasks, out: Path, num: int) -> None:
    """Run the shards that are not done yet.

    Raises:
        OSError: Some failed, after all others are done.
    """
    todo = (
        (number, shard)
        for number, shard in _shards(out / PLAN)
        if not (out / RECORDS.format(number)).exists()
    )
    failed = {}
    there = sum(1 for _ in out.glob('records/*.parquet'))
    start = reported = time.monotonic()
    images = 0
    for done, (number, found) in enumerate(tasks.run(todo), 1):
        if isinstance(found, Exception):
            failed[number] = f'{type(found).__name__}: {one_line(found)}'
            sys.stderr.write(f'shard {number} failed: {failed[number]}\n')
        else:
            images += found['images']
        now = time.monotonic()
        if now > reported + REPORT_EVERY:
            reported = now
            rate, left = done / (now - start), num - there - done
            sys.stderr.write(
                f'{there + done} of {num} shards, {images / (now - start):.0f} images/s, '
                f'{left / rate / 60:.0f} minutes left\n'
            )
    if failed:
        number, reason = min(failed.items())
        raise OSError(
            f'{len(failed)} of {num} shards failed, such as shard {number} ({reason}); the '
            'others are done: the same command tries these again'
        )


def _finish(out: Path, header: dict, num: int) -> dict:
    """Write what could not be read, and the manifest; the manifest."""
    counts = dict(shards=num, images=0, faces=0, unread=0)
    with replacing(out / UNREAD) as temporary, temporary.open('w') as file:
        for number in range(num):
            found = counts_of(out / RECORDS.format(number))
            for name in ('images', 'faces'):
                counts[name] += found[name]
            counts['unread'] += len(found['unread'])
            for image, reason in found['unread']:
                file.write(to_json(dict(image=image, reason=reason)) + '\n')
    manifest = dict(header, **counts)
    write_json(manifest, out / MANIFEST)
    return manifest


@contextmanager
def _ray(cores: int | None, address: str | None) -> Iterator[None]:
    """Ray, on this machine alone or on a cluster."""
    os.environ.setdefault('RAY_USAGE_STATS_ENABLED', '0')  # it would send them
    ray = import_package('ray')
    where = dict(address=address)
    if address is None:
        where = dict(address='local', num_cpus=cores, include_dashboard=False)
    try:
        for left in reversed(range(STARTS)):
            try:
                ray.init(**where, logging_level=logging.ERROR, log_to_driver=False)
                break
            except Exception as error:  # of many types
                ray.shutdown()  # what has started
                if address or not left:
                    what = f'no Ray cluster at {address}' if address else 'no Ray'
                    raise OSError(f'{what}: {one_line(error)}') from error
        yield
    finally:
        ray.shutdown()


# What follows runs on the workers.


def write_shard(
    number: int, shard: dict, out: Path, settings: str, batch_size: int
) -> dict:
    """Write the records of a shard's images, if they are not there yet.

    Args:
        number: Its number in the plan.
        shard: What it holds.
        out: The folder of the results.
        settings: JSON of the arguments of :class:`mmfsa.HeadPoseInferencer`.
        batch_size: Images whose faces go through the network together.

    Returns:
        Its counts, see :func:`counts_of`.

    Raises:
        OSError: The shard can't be read, or its records can't be written.
    """
    parquet = import_package('pyarrow.parquet')
    path = out / RECORDS.format(number)
    if not path.exists():
        records, images, unread = _records(shard, _inferencer(settings), batch_size)
        table = record_table(records)
        counts = dict(images=images, faces=len(records), unread=unread)
        table = table.replace_schema_metadata(dict(mmfsa=to_json(counts)))
        with replacing(path) as temporary:
            parquet.write_table(table, temporary, compression='zstd')
    return counts_of(path)


def counts_of(path: Path) -> dict:
    """What a file of records says about its shard.

    Returns:
        `images` and `faces`, two numbers, and `unread`, a list of [image, reason].
    """
    metadata = import_package('pyarrow.parquet').read_schema(path).metadata
    return json.loads(metadata[b'mmfsa'])


def _records(shard: dict, inferencer, batch_size: int) -> tuple[list[dict], int, list]:
    """The records of a shard, the number of its images, and what could not be read."""
    records, images = [], 0
    try:
        for result in inferencer(images_of(shard), batch_size=batch_size):
            images += len(result['predictions'])
            for faces in result['predictions']:
                records += faces
    except OSError:
        if not inferencer.failures:  # the shard's own file can't be read
            raise
    return records, images, inferencer.failures


@lru_cache(maxsize=1)
def _inferencer(settings: str):
    """The inferencer of this worker, which serves all its shards."""
    from mmfsa.apis import HeadPoseInferencer

    return HeadPoseInferencer(**json.loads(settings))


def _describe(settings: str) -> dict:
    method = _inferencer(settings).predictor.method
    return dict(
        version=__version__,
        model=method.name,
        weights_sha256=method.weights_sha256,
    )
