"""The data sample of mmengine's pipelines and visualizers: one face."""

from mmengine.structures import BaseDataElement

from .face_sample import FaceSample

DATA = 'pred_pose', 'crop', 'structure'  # of a face sample; the rest is metainfo


class HeadPoseDataSample(BaseDataElement):
    """One face: its labelled pose, its predicted pose, and where the image came from.

    Attributes:
        gt_pose: (3,) float32 yaw, pitch, roll in degrees (:mod:`.rotation`).
        pred_pose: (3,) float32 yaw, pitch, roll of the network.
        gt_rotation: (3, 3) the label's exact matrix, where the data set has one.
        valid: Whether the network found a pose; a sample without it has a valid pose.

    The metainfo holds ``img_path``, ``img_id``, ``boxes`` (by their kind: x1, y1, x2, y2
    before any widening), ``crop_box`` (what the network saw), ``crop_rule`` (the rule in
    words) and, where they are known, ``subject``, ``sequence`` and ``frame``.

    >>> import torch
    >>> sample = HeadPoseDataSample(
    ...     gt_pose=torch.tensor([30.0, -10.0, 5.0]), metainfo=dict(img_id=3)
    ... )
    >>> sample.img_id, sample.gt_pose
    (3, tensor([ 30., -10.,   5.]))
    """

    @classmethod
    def of(cls, face: FaceSample) -> 'HeadPoseDataSample':
        """The data sample of a face that a predictor found."""
        known = vars(face)
        data = {name: known[name] for name in DATA if name in known}
        meta = {name: value for name, value in known.items() if name not in DATA}
        return cls(metainfo=meta, **data)
