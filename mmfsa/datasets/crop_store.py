"""Crops that are at hand: those of an ``.npz``, and a cache of an index's crops."""

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
from mmengine.dist import barrier, get_rank

from mmfsa.utils.files import replacing
from mmfsa.utils.progress import track

CHUNK = 2**20  # bytes


class ArrayCrops:
    """The crops of an array, each the whole picture.

    Args:
        images: (N, H, W, 3) BGR uint8.
        rule: How they were cut, in words.
    """

    def __init__(self, images: np.ndarray, rule: str) -> None:
        self.images = images
        self.rule = rule

    def __call__(self, row: int) -> dict:
        """What the pipeline's first steps would give for entry `row`."""
        image = self.images[row].copy()
        height, width = image.shape[:2]
        return dict(img=image, crop_box=(0, 0, width, height), crop_rule=self.rule)


class CachedCrops:
    """The crops of an index in one memory-mapped file: an epoch decodes no image.

    It pickles as its path, so that every worker maps the file itself.

    Args:
        path: A ``.npy`` file of records ``img`` (H, W, 3) uint8 and ``crop_box``.
        rule: How they were cut, in words.
    """

    def __init__(self, path: Path, rule: str) -> None:
        self.path = path
        self.rule = rule
        self._records: np.ndarray | None = None

    def __call__(self, row: int) -> dict:
        """What the pipeline's first steps would give for entry `row`."""
        if self._records is None:
            self._records = np.load(self.path, mmap_mode='r')
        record = self._records[row]
        box = tuple(record['crop_box'].tolist())
        return dict(img=np.array(record['img']), crop_box=box, crop_rule=self.rule)

    def __reduce__(self) -> tuple:
        return CachedCrops, (self.path, self.rule)

    @classmethod
    def beside(
        cls, index: Path, entries: Sequence[dict], load: Callable, crop: Callable
    ) -> 'CachedCrops':
        """The cache of images under one crop rule.

        It is built where it does not exist or is damaged, or where an image changed since.

        Args:
            index: The index file; the cache lies beside it.
            entries: All entries of the index, in its order.
            load: The transform that reads an image; its ``repr`` is its rule.
            crop: The transform that crops it; its ``repr`` is its rule.

        Raises:
            OSError: The file can't be written, for example on a full disk.
        """
        where = os.path.relpath(entries[0]['img_path'], index.parent)
        rule = f'{where} {load!r} {crop!r}'.encode()
        key = hashlib.sha256(index.read_bytes() + rule).hexdigest()[:16]
        path = index.with_name(f'crops_{key}.npy')
        # One process builds; one that does not see its file (no shared disk) does too.
        if get_rank() == 0 and not _is_up_to_date(path, entries):
            _build(path, entries, load, crop)
        barrier()
        if not path.exists():
            _build(path, entries, load, crop)
        return cls(path, crop.rule)


def _is_up_to_date(path: Path, entries: Sequence[dict]) -> bool:
    """Whether no image changed since the cache was built; images may be gone."""
    if not path.exists() or not _is_whole(path):
        return False
    built = path.stat().st_mtime_ns
    return all(_changed(entry['img_path']) <= built for entry in entries)


def _is_whole(path: Path) -> bool:
    """Whether the file holds what was written: the last bytes are the others' digest."""
    digest = hashlib.sha256()
    left = path.stat().st_size - digest.digest_size
    with path.open('rb') as file:
        while left > 0 and (part := file.read(min(left, CHUNK))):
            digest.update(part)
            left -= len(part)
        return left == 0 and file.read() == digest.digest()


def _changed(image: str) -> int:
    """When an image was put there, in ns; 0 where it is gone."""
    try:
        # Not the time of its content, which copies and unpacked files keep.
        return Path(image).stat().st_ctime_ns
    except FileNotFoundError:
        return 0


def _build(path: Path, entries: Sequence[dict], load: Callable, crop: Callable) -> None:
    """Write the records in order, to a temporary name until the file is whole."""

    def read(entry: dict) -> np.ndarray:
        results = crop(load(dict(entry)))
        record = np.empty((), dtype)
        record['img'], record['crop_box'] = results['img'], results['crop_box']
        return record

    img = crop(load(dict(entries[0])))['img']
    dtype = np.dtype([('img', img.dtype, img.shape), ('crop_box', np.int32, 4)])
    header = {
        'descr': np.lib.format.dtype_to_descr(dtype),
        'fortran_order': False,
        'shape': (len(entries),),
    }
    with replacing(path) as partial, partial.open('wb') as file:
        np.lib.format.write_array_header_1_0(begin := BytesIO(), header)
        digest = hashlib.sha256(begin.getvalue())
        file.write(begin.getvalue())
        with ThreadPoolExecutor() as pool:
            records = pool.map(read, entries)
            for record in track(records, f'Crops of {path.parent}', len(entries)):
                digest.update(record.tobytes())
                file.write(record.tobytes())
        file.write(digest.digest())
