"""A label of where the landmarks are in the crop, for networks that find them."""

from dataclasses import replace

import numpy as np
from mmcv.transforms import BaseTransform

from mmfsa.inputs import Crop
from mmfsa.registry import TRANSFORMS

from .face_batch import FaceBatch


@TRANSFORMS.register_module()
class LandmarkLabel(BaseTransform):
    """Label the landmarks of the face as fractions of its crop, as ``gt_landmarks``.

    It stands right after ``CropFace``. Whatever moves the crop's pixels after it moves
    the label, too.

    Required keys: ``crop_box`` and, for a face with a label, ``landmarks`` (68, 2) in
    pixels. Added key: ``gt_landmarks`` (68, 2) float32: (0, 0) is the outer corner of the
    crop's first pixel, (1, 1) that of its last.
    """

    def transform(self, results: dict) -> dict:
        if results.get('landmarks') is not None:
            crop = Crop(results['img'], results['crop_box'], results.get('turn', 0.0))
            places = crop.from_image(results['landmarks'])
            results['gt_landmarks'] = places.astype(np.float32)
        return results

    def batch(self, faces: FaceBatch) -> FaceBatch:
        """Label many faces at once.

        Raises:
            ValueError: The faces have no landmarks, or are not cropped yet.
        """
        if faces.landmarks is None or faces.crop_box is None:
            lack = 'landmarks in the index' if faces.landmarks is None else 'CropFace'
            raise ValueError(f'LandmarkLabel needs {lack} before it')
        low, high = faces.crop_box[:, None].split(2, dim=2)
        places = (faces.landmarks - low + 0.5) / (high - low)
        return replace(faces, gt_landmarks=places)

    def __repr__(self) -> str:
        return 'LandmarkLabel()'
