"""The pipeline's last step: from a dict to what the model takes."""

from collections.abc import Sequence

import numpy as np
import torch
from mmcv.transforms import BaseTransform

from mmfsa.registry import TRANSFORMS
from mmfsa.structures import HeadPoseDataSample


@TRANSFORMS.register_module()
class PackHeadPoseInputs(BaseTransform):
    """Pack the image as the network's input and the rest as its data sample.

    Required keys: ``img`` (H, W, 3) BGR uint8; for a network that sees depth (the
    ``modality`` that ``CropFace`` notes), ``depth`` (H, W), the crop's relief. Labels are
    packed where there are some:
    ``gt_pose`` (3,), ``gt_rotation`` (3, 3) and whatever else begins with ``gt_``. They
    stay arrays, which are cheaper to hand from a worker than tensors.

    Args:
        meta_keys: What becomes metainfo of the data sample, where it is known.

    Returns (of the call):
        ``dict(inputs=(planes, H, W) uint8 tensor, data_samples=HeadPoseDataSample)``; the
        relief is the last plane.
    """

    def __init__(
        self,
        meta_keys: Sequence[str] = (
            'img_path',
            'img_id',
            'boxes',
            'box_source',
            'detected',
            'crop_box',
            'crop_rule',
            'turn',
            'subject',
            'sequence',
            'frame',
            'weight',
        ),
    ) -> None:
        self.meta_keys = tuple(meta_keys)

    def transform(self, results: dict) -> dict:
        planes = seen_planes(results).transpose(2, 0, 1)
        return {
            'inputs': torch.from_numpy(np.ascontiguousarray(planes)),
            'data_samples': self.data_sample(results),
        }

    def data_sample(self, results: dict) -> HeadPoseDataSample:
        """What is packed beside the image: the labels, and the metainfo that is known."""
        data_sample = HeadPoseDataSample()
        # The constructor's metainfo= copies deeply, at twice the cost of the rest.
        for key in self.meta_keys:
            if key in results:
                data_sample.set_field(results[key], key, field_type='metainfo')
        for key, value in results.items():
            if key.startswith('gt_'):
                setattr(data_sample, key, value)
        return data_sample

    def __repr__(self) -> str:
        return f'PackHeadPoseInputs(meta_keys={self.meta_keys})'


def seen_planes(results: dict) -> np.ndarray:
    """What the network sees of a crop, (H, W, planes): B, G, R; the relief."""
    modality = results.get('modality', 'color')
    planes = [results['img']] if 'color' in modality else []
    if 'depth' in modality:
        planes.append(results['depth'][..., None])
    return planes[0] if len(planes) == 1 else np.concatenate(planes, axis=-1)
