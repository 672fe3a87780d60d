"""A label of where the face is in its crop, for networks that also find its box."""

import numpy as np
from mmcv.transforms import BaseTransform

from mmfsa.inputs.spec import in_crop
from mmfsa.registry import TRANSFORMS


@TRANSFORMS.register_module()
class BoxLabel(BaseTransform):
    """Label the box of the face in the units of its crop, as ``gt_box``.

    It stands right after ``CropFace``. Whatever moves the crop's pixels after it moves
    the label, too. A turned crop has no label: nobody knows the box around a turned face.

    Required keys: ``boxes``, ``crop_box``. Added key: ``gt_box`` (4,) float32: x1, y1, x2,
    y2, −1 to 1 from the left (upper) edge of the crop to the right (lower) one. A face
    without a box of the kind has no label.

    Args:
        kind: The kind of the box (:mod:`mmfsa.inputs.kinds`).
    """

    def __init__(self, kind: str = 'landmarks68') -> None:
        self.kind = kind

    def transform(self, results: dict) -> dict:
        box = (results.get('boxes') or {}).get(self.kind)
        if box is not None and not results.get('turn'):
            label = in_crop(box, results['crop_box'])
            results['gt_box'] = np.array(label, np.float32)
        return results

    def __repr__(self) -> str:
        return f'BoxLabel(kind={self.kind!r})'
