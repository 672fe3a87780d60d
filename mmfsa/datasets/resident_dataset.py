"""A data set in the memory of the device that trains, augmented there."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from mmcv.transforms import BaseTransform, Compose, RandomChoice
from mmengine.device import get_device
from torch import Tensor
from torch.utils.data import ConcatDataset, Dataset

from mmfsa.inputs import InputSpec
from mmfsa.registry import DATASETS
from mmfsa.utils.progress import track

from .head_pose_dataset import HeadPoseDataset, crops_of
from .transforms import LoadImageFromFile, PackHeadPoseInputs
from .transforms.face_batch import FaceBatch, no_batch_form


@DATASETS.register_module()
class ResidentDataset(Dataset):
    """A data set in the memory of the GPU, augmented there, all of it before each epoch.

    Loader workers augment some thousand images a second; a GPU trains a network of 1 MB
    on ten times as many. Here every image is decoded once, and the transforms change
    thousands of faces at a time. Augmentation follows the same distributions as in the
    workers, from other random numbers: a function of (seed, epoch).

    The loader must have no workers (`tools/train.py --augment-on-device` sees to it).

    Args:
        dataset: Config of a ``HeadPoseDataset``, or of a ``ConcatDataset`` of such. The
            images of each must have one size, or be cached crops (``cache=True``).
        device: Where they lie; the one that mmengine trains on by default.
        chunk: So many faces are augmented at a time.

    Raises:
        ValueError: Images differ in size, or the pipeline does not begin with
            ``LoadImageFromFile`` and end with ``PackHeadPoseInputs``.
        NotImplementedError: A transform has no form for many faces.
    """

    def __init__(
        self, dataset: dict, device: str | None = None, chunk: int = 2048
    ) -> None:
        whole = DATASETS.build(dataset)
        parts = whole.datasets if isinstance(whole, ConcatDataset) else [whole]
        self.metainfo = whole.metainfo
        self.chunk = chunk
        self.device = torch.device(device or get_device())
        self.datasets = parts
        self._samples: list | None = None
        self._images = None

    def load(self) -> None:
        """Decode all images; their crops, where the pipeline keeps them in a cache."""
        if self._samples is None:
            self._parts = [_Part(part, self.device) for part in self.datasets]
            self._samples = [sample for part in self._parts for sample in part.samples]

    def set_inputs(self, spec: InputSpec) -> None:
        """Crop as the model's spec says."""
        for part in self.datasets:
            part.set_inputs(spec)
        self._samples = self._images = None

    def set_epoch(self, epoch: int, seed: int = 0) -> None:
        """Augment all faces anew."""
        self.load()
        self._images = None  # before the next take their room
        images, labels = zip(
            *(
                part.augmented((seed, epoch, i), self.chunk)
                for i, part in enumerate(self._parts)
            ),
            strict=True,
        )
        self._images = torch.cat(images) if len(images) > 1 else images[0]
        self._labels = [label for part in labels for label in part]

    def __len__(self) -> int:
        return sum(map(len, self.datasets))

    def __getitem__(self, index: int) -> dict:
        # A GPU does not survive a look-up beyond the end: range refuses it, and knows -1.
        return self.__getitems__([range(len(self))[index]])[0]

    def __getitems__(self, indices: list[int]) -> list[dict]:
        """What torch's loaders ask for: the faces of a batch, of one look-up.

        A face's data sample is the same object in every epoch, with other labels.
        """
        if self._images is None:
            self.set_epoch(0)
        rows = torch.tensor(indices, device=self._images.device)
        images = self._images.index_select(0, rows).unbind()
        samples = [self._samples[i] for i in indices]
        for sample, i in zip(samples, indices, strict=True):
            for name, label in self._labels[i].items():
                setattr(sample, name, label)
        return [
            {'inputs': image, 'data_samples': sample}
            for image, sample in zip(images, samples, strict=True)
        ]


class _Part:
    """The faces of one index, before their augmentation."""

    def __init__(self, dataset: HeadPoseDataset, device: torch.device) -> None:
        dataset.full_init()
        entries = [dataset.get_data_info(i) for i in range(len(dataset))]
        *self.transforms, pack = dataset.pipeline.transforms
        load = dict
        if self.transforms and isinstance(self.transforms[0], LoadImageFromFile):
            load = self.transforms.pop(0)
        if (load is dict and 'img' not in entries[0]) or not isinstance(
            pack, PackHeadPoseInputs
        ):
            raise ValueError(
                f'{dataset.ann_file}: the pipeline must begin with LoadImageFromFile '
                'and end with PackHeadPoseInputs'
            )
        entries = _loaded(load, entries)
        crop = next(crops_of(dataset.pipeline), None)
        for entry in entries:
            if crop is not None and 'boxes' in entry and 'crop_box' not in entry:
                entry['face_box'] = crop.spec.crop.own_box(*crop.choose(entry))
        self.samples = [pack.data_sample(entry) for entry in entries]
        self.images = torch.from_numpy(np.stack([e['img'] for e in entries])).to(device)
        self.labels = {
            key: torch.tensor(np.array([e[key] for e in entries], np.float32)).to(
                device
            )
            for key in ('gt_pose', 'face_box', 'crop_box', 'landmarks')
            if key in entries[0]
        }

    def augmented(self, seeds: Sequence[int], chunk: int) -> tuple[Tensor, list[dict]]:
        """The crops (N, 3, H, W) in bytes, and the labels of each by their names."""
        generator = torch.Generator(self.images.device)
        generator.manual_seed(int(np.random.SeedSequence(seeds).generate_state(1)[0]))
        crops, labelled = None, []
        for start in range(0, len(self.images), chunk):
            rows = slice(start, start + chunk)
            labels = {key: value[rows] for key, value in self.labels.items()}
            images = self.images[rows].permute(0, 3, 1, 2).float()
            faces = FaceBatch(images, generator=generator, **labels)
            for transform in self.transforms:
                faces = _apply(transform, faces)
            if crops is None:
                shape = len(self.images), *faces.images.shape[1:]
                crops = torch.empty(shape, dtype=torch.uint8, device=images.device)
            crops[rows] = faces.images.byte()
            found = dict(gt_pose=faces.gt_pose, gt_landmarks=faces.gt_landmarks)
            known = {k: v.cpu().numpy() for k, v in found.items() if v is not None}
            labelled += [
                dict(zip(known, face, strict=True))
                for face in zip(*known.values(), strict=True)
            ]
        return crops, labelled


def _apply(transform: BaseTransform, faces: FaceBatch) -> FaceBatch:
    if isinstance(transform, Compose):
        for inner in transform.transforms:
            faces = _apply(inner, faces)
        return faces
    if isinstance(transform, RandomChoice):
        choices = transform.transforms
        shares = torch.tensor(transform.prob or [1 / len(choices)] * len(choices))
        ends = shares.cumsum(0)[:-1].to(faces.images.device)
        kind = torch.bucketize(faces.uniform(0, 1), ends, right=True)
        return faces.in_parts(
            kind,
            [lambda part, choice=choice: _apply(choice, part) for choice in choices],
        )
    if not hasattr(transform, 'batch'):
        raise no_batch_form(transform)
    return transform.batch(faces)


def _loaded(load: Callable, entries: list[dict]) -> list[dict]:
    """What the pipeline's first step makes of the entries: their images, at least."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        loaded = threads.map(load, map(dict, entries))
        results = [*track(loaded, 'loading', total=len(entries))]
    first = results[0]
    for result in results:
        if result['img'].shape != first['img'].shape:
            raise ValueError(
                f'{result["img_path"]} has the shape {result["img"].shape}, '
                f'{first["img_path"]} {first["img"].shape}: on the device, the images of '
                'a data set must have one size; cache=True of HeadPoseDataset crops them'
            )
    return results
