import numpy as np

from mmfsa.registry import TRANSFORMS
from mmfsa.structures import mirror_pose

from .base import RandomTransform


@TRANSFORMS.register_module()
class MirrorFace(RandomTransform):
    """Mirror the crop left-right; yaw and roll change their sign, exactly.

    mmcv's ``RandomFlip`` knows boxes and key points, but no poses.

    Args:
        prob: How often it is applied.
    """

    def __init__(self, prob: float = 0.5) -> None:
        super().__init__(prob)

    def augment(self, results: dict) -> None:
        results['img'] = np.ascontiguousarray(results['img'][:, ::-1])
        results['gt_pose'] = mirror_pose(results['gt_pose']).astype(np.float32)
