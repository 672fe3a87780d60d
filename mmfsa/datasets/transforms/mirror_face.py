"""Augmentation: mirror the crop and its pose."""

from dataclasses import replace

import numpy as np

from mmfsa.landmarks import mirror_landmarks
from mmfsa.registry import TRANSFORMS
from mmfsa.structures import mirror_pose

from .base import RandomTransform
from .face_batch import FaceBatch


@TRANSFORMS.register_module()
class MirrorFace(RandomTransform):
    """Mirror the crop left-right. Yaw and roll change their sign.

    mmcv's ``RandomFlip`` can mirror boxes and key points, but no poses.

    Args:
        prob: Probability of the augmentation, in [0, 1].
    """

    def __init__(self, prob: float = 0.5) -> None:
        super().__init__(prob)

    def augment(self, results: dict) -> None:
        results['img'] = np.ascontiguousarray(results['img'][:, ::-1])
        if 'depth' in results:
            results['depth'] = np.ascontiguousarray(results['depth'][:, ::-1])
        results['gt_pose'] = mirror_pose(results['gt_pose']).astype(np.float32)
        results.pop('gt_rotation', None)  # the pose says it now
        if 'gt_box' in results:
            x1, y1, x2, y2 = results['gt_box']
            results['gt_box'] = np.array([-x2, y1, -x1, y2], np.float32)
        if 'gt_landmarks' in results:
            results['gt_landmarks'] = mirror_landmarks(results['gt_landmarks'])

    def augment_batch(self, faces: FaceBatch) -> FaceBatch:
        landmarks = faces.gt_landmarks
        return replace(
            faces,
            images=faces.images.flip(-1),
            gt_pose=mirror_pose(faces.gt_pose),
            gt_landmarks=None if landmarks is None else mirror_landmarks(landmarks),
        )
