from mmengine.structures import BaseDataElement


class HeadPoseDataSample(BaseDataElement):
    """One face: its labelled pose, its predicted pose, and where the image came from.

    Attributes:
        gt_pose: (3,) float32 yaw, pitch, roll in degrees (:mod:`.rotation`).
        pred_pose: (3,) float32, the same of the network.

    The metainfo holds ``img_path``, ``img_id``, ``face_box`` (x1, y1, x2, y2 before any
    widening), ``crop_box`` (what the network saw) and, where they are known,
    ``subject``, ``sequence`` and ``frame``.

    >>> import torch
    >>> sample = HeadPoseDataSample(
    ...     gt_pose=torch.tensor([30.0, -10.0, 5.0]), metainfo=dict(img_id=3)
    ... )
    >>> sample.img_id, sample.gt_pose
    (3, tensor([ 30., -10.,   5.]))
    """
