"""Faces with their poses, from an index or from the authors' arrays."""

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import compress
from pathlib import Path

import numpy as np
import torch
from mmcv.transforms import BaseTransform, Compose
from mmengine.dataset import BaseDataset

from mmfsa.inputs import InputSpec
from mmfsa.registry import DATASETS, TRANSFORMS
from mmfsa.utils.reading import damaged, read_arrays

from .balance import rarity
from .crop_store import ArrayCrops, CachedCrops
from .downloads import check_index
from .index import check_pose, read_index
from .split import select
from .transforms import CropFace, LoadImageFromFile

OF_A_FACE = OSError, ValueError  # what a bad image or box raises
OF_THE_FILE = 'format_version', 'box_kind', 'convention'  # the reader knows what to do


@DATASETS.register_module()
class HeadPoseDataset(BaseDataset):
    """Faces with their poses, from an ``index.json`` or the authors' ``.npz``.

    The index is what ``tools/dataset_converters`` write (docs/en/data.md). An ``.npz``
    holds ``image`` (N, H, W, 3) BGR uint8, already cropped, and ``pose`` (N, 3) yaw,
    pitch, roll in degrees. The pipeline of the config is the one that runs: its first
    steps leave an image alone that is there already, of an ``.npz`` or of the cache.

    Augmentation is a function of (seed, epoch, index): before an image is prepared,
    numpy's and Python's global generators are seeded from the three, so that neither
    the number of workers nor a resumed run changes what the network sees.
    :meth:`set_epoch` reaches workers that live on.

    The metainfo says what a result depends on: ``num_found`` in the data set,
    ``num_kept`` here, ``max_angle``, ``split``, ``box_source`` and ``crop``.

    Args:
        ann_file: The index, relative to ``data_root``.
        data_root: Its folder.
        pipeline: Transforms, built in mmfsa's scope.
        filter_cfg: ``dict(max_angle=99)`` keeps the faces whose three angles all lie
            within ±99 degrees (the paper's protocols).
        split: Keywords of :func:`mmfsa.datasets.split.select`, applied after the
            filter: ``dict(file='biwi_70_30', part='train')`` or
            ``dict(fraction=0.8, seed=0, part='val')``.
        balance: Keywords of :func:`mmfsa.datasets.balance.rarity`, such as
            ``dict(power=0.5, limit=3)``: among the faces that are left, those of rare
            poses get a larger ``weight``.
        cache: Keep the uint8 crops of all entries in one file beside the index; the
            pipeline must start with ``LoadImageFromFile`` and a fixed ``CropFace``. The
            file is made when the model's spec is known, or an image is asked for.
        **kwargs: Arguments of mmengine's ``BaseDataset``.

    Raises:
        FileNotFoundError: There is no index; the message says how to get one.
        ValueError: The index's content is bad; the message names file and entry.
    """

    def __init__(
        self,
        ann_file: str = 'index.json',
        data_root: str = '',
        pipeline: Sequence[dict | Callable] = (),
        filter_cfg: dict | None = None,
        split: dict | None = None,
        balance: dict | None = None,
        cache: bool = False,
        data_prefix: dict | None = None,
        **kwargs,
    ) -> None:
        unknown = set(filter_cfg or {}) - {'max_angle'}
        if unknown:
            raise ValueError(f'filter_cfg knows max_angle, got {sorted(unknown)}')
        self.split = split
        self.balance = balance
        self.cache = cache
        self._crops: Callable[[int], dict] | None = None
        self._all_entries: list[dict] = []
        self._seed_and_epoch = torch.zeros(2, dtype=torch.int64).share_memory_()
        super().__init__(
            ann_file=ann_file,
            data_root=data_root,
            data_prefix=data_prefix or {},
            pipeline=[
                TRANSFORMS.build(t) if isinstance(t, dict) else t for t in pipeline
            ],
            filter_cfg=filter_cfg,
            **kwargs,
        )

    def set_epoch(self, epoch: int, seed: int = 0) -> None:
        """Choose the random stream of the augmentation, in living workers too."""
        self._seed_and_epoch[:] = torch.tensor([seed, epoch])

    def set_inputs(self, spec: InputSpec) -> None:
        """Crop as the model's spec says; make the cache, if there is to be one."""
        for crop in crops_of(self.pipeline):
            crop.set_inputs(spec)
        self._state_crop()
        if self.cache and self._fully_initialized:
            self._open_cache()

    def prepare_data(self, idx: int) -> dict | None:
        return self._prepared(idx, idx % len(self))

    def _prepared(self, idx: int, key: int) -> dict | None:
        """A face after the pipeline, whose random numbers follow from `key`."""
        np.random.seed((*self._seed_and_epoch.tolist(), key))
        random.seed(np.random.randint(2**31))
        try:
            return super().prepare_data(idx)
        except OF_A_FACE as e:
            kind = next(kind for kind in OF_A_FACE if isinstance(e, kind))
            row = super().get_data_info(idx)['img_id']
            raise kind(f'{self.ann_file}: entry {row}: {e}') from e

    def get_data_info(self, idx: int) -> dict:
        """The entry; with its crop, where the crop is at hand."""
        info = super().get_data_info(idx)
        if self.cache and self._crops is None:
            self._open_cache()
        return info if self._crops is None else info | self._crops(info['img_id'])

    def load_data_list(self) -> list[dict]:
        index = Path(self.ann_file)
        check_index(index)
        if index.suffix == '.npz':
            with damaged(index, 'archive of image and pose'):
                return self._load_npz(index)
        return self._load_index(index)

    def _load_index(self, index: Path) -> list[dict]:
        metainfo, entries = read_index(index)
        for key, value in metainfo.items():
            if key not in OF_THE_FILE:
                self._metainfo.setdefault(key, value)
        default = index.parent / self._metainfo.get('img_root', '')
        folder = Path(self.data_prefix.get('img_path', default))
        if not folder.is_dir():
            raise ValueError(
                f'{index}: the images should lie in {folder}, which does not exist; '
                'convert again, or set data_prefix=dict(img_path=WHERE_THEY_LIE)'
            )
        for row, entry in enumerate(entries):
            entry['img_id'] = row
            entry['img_path'] = f'{folder}/{entry["img_path"]}'
            if 'depth_path' in entry:
                entry['depth_path'] = f'{folder}/{entry["depth_path"]}'
            entry['gt_pose'] = entry.pop('pose').astype(np.float32)
            rotation = entry.pop('rotation', None)
            if rotation is not None:
                entry['gt_rotation'] = rotation
        if self.cache:
            self._check_cache(index)
            self._all_entries = entries
        self._state_crop()
        return entries

    def _load_npz(self, path: Path) -> list[dict]:
        arrays = read_arrays(path)
        missing = [name for name in ('image', 'pose') if name not in arrays]
        if missing:
            raise ValueError(f'it has no array {" and no ".join(missing)}')
        images, poses = arrays['image'], arrays['pose']
        if images.dtype != np.uint8 or images.shape[3:] != (3,):
            raise ValueError(
                f'image must be (N, H, W, 3) uint8, got {images.shape} {images.dtype}'
            )
        if poses.shape != (len(images), 3):
            raise ValueError(f'pose must be ({len(images)}, 3), got {poses.shape}')
        entries = []
        for row, pose in enumerate(poses.astype(np.float32)):
            check_pose(pose.tolist(), f'row {row} of pose')
            entries.append({'img_path': str(path), 'img_id': row, 'gt_pose': pose})
        cropped = f'as cropped in {path.name}'
        self.cache = False  # they are at hand
        self._crops = ArrayCrops(images, cropped)
        for key, value in {
            'dataset': path.stem,
            'num_found': len(entries),
            'box_source': cropped,
            'crop': cropped,
        }.items():
            self._metainfo.setdefault(key, value)
        return entries

    def filter_data(self) -> list[dict]:
        entries = self.data_list
        max_angle = (self.filter_cfg or {}).get('max_angle')
        if max_angle is not None:
            poses = np.array([entry['gt_pose'] for entry in entries]).reshape(-1, 3)
            entries = [*compress(entries, np.abs(poses).max(axis=1) <= max_angle)]
        if self.split:
            try:
                entries = select(entries, **self.split)
            except ValueError as error:
                raise ValueError(f'{self.ann_file}: {error}') from error
        if not entries:
            raise ValueError(
                f'{self.ann_file}: max_angle={max_angle} and split={self.split} keep '
                f'none of {len(self.data_list)} entries'
            )
        if self.balance:
            factors = rarity([entry['gt_pose'] for entry in entries], **self.balance)
            for entry, factor in zip(entries, factors, strict=True):
                entry['weight'] = np.multiply(entry.get('weight', 1.0), factor).tolist()
        self._metainfo.update(
            num_kept=len(entries), max_angle=max_angle, split=self.split
        )
        return entries

    def _state_crop(self) -> None:
        """Note the crop's rule in the metainfo, for reports."""
        crops = (t for t in self.pipeline.transforms if isinstance(t, CropFace))
        crop = next(crops, None)  # one that is drawn among others is none to report
        if crop is not None and not isinstance(self._crops, ArrayCrops):
            self._metainfo['crop'] = crop.rule

    def _check_cache(self, index: Path) -> None:
        load, crop = (*self.pipeline.transforms, None, None)[:2]
        if not (isinstance(load, LoadImageFromFile) and isinstance(crop, CropFace)):
            raise ValueError(
                f'{index}: cache: the pipeline must start with LoadImageFromFile and '
                'CropFace'
            )
        if crop.is_random:
            raise ValueError(f'{index}: cache: {crop!r} differs from epoch to epoch')

    def _open_cache(self) -> None:
        load, crop = self.pipeline.transforms[:2]
        index = Path(self.ann_file)
        entries = self._all_entries or self._load_index(index)
        self._crops = CachedCrops.beside(index, entries, load, crop)
        self._all_entries = []  # workers get a copy of the data set, without them


def crops_of(transform: BaseTransform | Compose) -> Iterator[CropFace]:
    """Every `CropFace` of a pipeline, those among choices included."""
    if isinstance(transform, CropFace):
        yield transform
    for inner in getattr(transform, 'transforms', ()):
        yield from crops_of(inner)
