import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from mmengine.dist import barrier, get_rank
from rich.progress import track

from mmfsa.utils.files import replacing


class CropCache:
    """Face crops in one memory-mapped file, so that an epoch decodes no image.

    It pickles as its path: every worker maps the file itself.

    Args:
        path: A ``.npy`` file of records: ``img`` (H, W, 3) uint8 and ``crop_box``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._records: np.ndarray | None = None

    def __getitem__(self, row: int) -> dict:
        """``img`` and ``crop_box`` of an entry, as ``CropFace`` left them."""
        if self._records is None:
            self._records = np.load(self.path, mmap_mode='r')
        record = self._records[row]
        crop_box = tuple(record['crop_box'].tolist())
        return {'img': np.array(record['img']), 'crop_box': crop_box}

    def __reduce__(self) -> tuple:
        return CropCache, (self.path,)

    @classmethod
    def beside(
        cls, index: Path, rule: str, entries: Sequence[dict], crop: Callable
    ) -> 'CropCache':
        """The cache of an index under one crop rule; built where it does not exist.

        Args:
            index: The index file; the cache lies beside it.
            rule: What determines the crops besides the index.
            entries: The index's entries, in its order.
            crop: Adds ``img`` and ``crop_box`` to a copy of an entry.

        Raises:
            OSError: The file can't be written, for example on a full disk.
        """
        key = hashlib.sha256(index.read_bytes() + rule.encode()).hexdigest()[:16]
        path = index.with_name(f'crops_{key}.npy')
        # One process builds; one that does not see its file (no shared disk) does too.
        if get_rank() == 0 and not path.exists():
            _build(path, entries, crop)
        barrier()
        if not path.exists():
            _build(path, entries, crop)
        return cls(path)


def _build(path: Path, entries: Sequence[dict], crop: Callable) -> None:
    """Write the records in order, to a temporary name until the file is whole."""

    def read(entry: dict) -> np.ndarray:
        results = crop(dict(entry))
        record = np.empty((), dtype)
        record['img'], record['crop_box'] = results['img'], results['crop_box']
        return record

    img = crop(dict(entries[0]))['img']
    dtype = np.dtype([('img', img.dtype, img.shape), ('crop_box', np.int32, 4)])
    header = {
        'descr': np.lib.format.dtype_to_descr(dtype),
        'fortran_order': False,
        'shape': (len(entries),),
    }
    with replacing(path) as partial, partial.open('wb') as file:
        np.lib.format.write_array_header_1_0(file, header)
        with ThreadPoolExecutor() as pool:
            records = pool.map(read, entries)
            for record in track(records, f'Crops of {path.parent}', len(entries)):
                file.write(record.tobytes())
