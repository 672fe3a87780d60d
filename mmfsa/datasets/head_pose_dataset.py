import random
import zipfile
from collections.abc import Callable, Sequence
from itertools import compress
from pathlib import Path

import numpy as np
import torch
from mmcv.transforms import LoadImageFromFile
from mmengine.dataset import BaseDataset, Compose

from mmfsa.registry import DATASETS, TRANSFORMS

from .crop_store import CachedCrop, StoredCrop
from .sources import missing_data_message
from .split import select
from .transforms import CropFace

ANGLES = 'yaw', 'pitch', 'roll'
REQUIRED = 'img_path', 'face_box', *ANGLES


@DATASETS.register_module()
class HeadPoseDataset(BaseDataset):
    """Faces with their poses, from an ``index.json`` or the authors' ``.npz``.

    The index is what ``tools/dataset_converters`` write (docs/en/data.md). An ``.npz``
    holds ``image`` (N, H, W, 3) BGR uint8, already cropped, and ``pose`` (N, 3) yaw,
    pitch, roll in degrees; a pipeline's loading and cropping are skipped for it.

    Augmentation is a function of (seed, epoch, index): before an image is prepared,
    numpy's and Python's global generators are seeded from the three, so that neither
    the number of workers nor a resumed run changes what the network sees.
    :meth:`set_epoch` reaches workers that live on.

    The metainfo tells what a result depends on: ``num_found`` in the data set,
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
        cache: Keep the uint8 crops of all entries in one file beside the index; the
            pipeline must start with ``LoadImageFromFile`` and a fixed ``CropFace``.
        **kwargs: Of mmengine's ``BaseDataset``.

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
        cache: bool = False,
        data_prefix: dict | None = None,
        **kwargs,
    ) -> None:
        unknown = set(filter_cfg or {}) - {'max_angle'}
        if unknown:
            raise ValueError(f'filter_cfg knows max_angle, got {sorted(unknown)}')
        self.split = split
        self.cache = cache
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

    def prepare_data(self, idx: int) -> dict | None:
        np.random.seed((*self._seed_and_epoch.tolist(), idx % len(self)))
        random.seed(np.random.randint(2**31))
        return super().prepare_data(idx)

    def load_data_list(self) -> list[dict]:
        index = Path(self.ann_file)
        if not index.is_file():
            raise FileNotFoundError(missing_data_message(index))
        try:
            if index.suffix == '.npz':
                return self._load_npz(index)
            return self._load_index(index)
        except (ValueError, TypeError) as error:
            raise ValueError(f'{index}: {error}') from error

    def _load_index(self, index: Path) -> list[dict]:
        entries = super().load_data_list()
        default = index.parent / self._metainfo.get('img_root', '')
        folder = Path(self.data_prefix.get('img_path', default))
        if not folder.is_dir():
            raise ValueError(
                f'the images should lie in {folder}, which does not exist; convert '
                'again, or set data_prefix=dict(img_path=WHERE_THEY_LIE)'
            )
        for row, entry in enumerate(entries):
            entry['img_id'] = row
            entry['img_path'] = f'{folder}/{entry["img_path"]}'

        transforms = self.pipeline.transforms
        crops = [t for t in transforms if isinstance(t, CropFace)]
        if crops:
            self._metainfo.setdefault('crop', crops[0].rule)
        if self.cache:
            load, crop = (*transforms, None, None)[:2]
            if not isinstance(load, LoadImageFromFile) or crop not in crops:
                raise ValueError(
                    'cache: the pipeline must start with LoadImageFromFile and CropFace'
                )
            if crop.is_random:
                raise ValueError(f'cache: {crop!r} differs from epoch to epoch')
            cached = CachedCrop.beside(index, entries, load, crop)
            self.pipeline = Compose([cached, *transforms[2:]])
        return entries

    def parse_data_info(self, raw_data_info: dict) -> dict:
        raw = raw_data_info
        name = raw.get('img_path', raw)
        missing = [key for key in REQUIRED if key not in raw]
        if missing:
            raise ValueError(f'entry {name}: no {", ".join(missing)}')
        try:
            pose = [float(raw[key]) for key in ANGLES]
            x1, y1, x2, y2 = raw['face_box']
        except (TypeError, ValueError) as error:
            raise ValueError(f'entry {name}: {error}') from error
        _check_pose(pose, f'entry {name}')
        if 'weight' in raw:
            _check_weight(raw['weight'], f'entry {name}')
        if not (x1 < x2 and y1 < y2):
            raise ValueError(
                f'entry {name}: face_box {raw["face_box"]} is not [x1, y1, x2, y2] '
                'with x1 < x2 and y1 < y2'
            )
        info = {key: value for key, value in raw.items() if key not in ANGLES}
        info['gt_pose'] = np.array(pose, dtype=np.float32)
        if 'landmarks' in info:
            info['landmarks'] = np.array(info['landmarks'], dtype=np.float32)
        return info

    def _load_npz(self, path: Path) -> list[dict]:
        try:
            with np.load(path, allow_pickle=False) as file:
                images, poses = file['image'], file['pose']
        except (KeyError, zipfile.BadZipFile) as error:
            raise ValueError(error) from error
        if images.dtype != np.uint8 or images.shape[3:] != (3,):
            raise ValueError(
                f'image must be (N, H, W, 3) uint8, got {images.shape} {images.dtype}'
            )
        if poses.shape != (len(images), 3):
            raise ValueError(f'pose must be ({len(images)}, 3), got {poses.shape}')
        entries = []
        for row, pose in enumerate(poses.astype(np.float32)):
            _check_pose(pose.tolist(), f'row {row} of pose')
            entries.append({'img_path': str(path), 'img_id': row, 'gt_pose': pose})

        cropping = (LoadImageFromFile, CropFace)
        rest = [t for t in self.pipeline.transforms if not isinstance(t, cropping)]
        self.pipeline = Compose([StoredCrop(images), *rest])
        cropped = f'as cropped in {path.name}'
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
        self._metainfo.update(
            num_kept=len(entries), max_angle=max_angle, split=self.split
        )
        return entries


def _check_weight(weight: float | list[float], name: str) -> None:
    numbers = np.array(weight, dtype=np.float64)  # None becomes NaN
    usable = np.isfinite(numbers) & (numbers >= 0)
    if numbers.shape not in ((), (3,)) or not usable.all():
        raise ValueError(
            f'{name}: weight {weight} must be one number or three, none below 0'
        )


def _check_pose(pose: list[float], name: str) -> None:
    if not all(-180 <= angle <= 180 for angle in pose):
        raise ValueError(f'{name}: yaw, pitch, roll {pose} must be numbers within ±180')
