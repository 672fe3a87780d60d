"""Augmentation: turn the crop in the image, and the pose with it."""

from dataclasses import replace

import numpy as np
import torch

from mmfsa.registry import TRANSFORMS
from mmfsa.structures import rotate_pose_in_plane

from .base import RandomTransform, warp_crop
from .face_batch import FaceBatch, sample
from .moving import move_labels, moved_batch


@TRANSFORMS.register_module()
class RotateInPlane(RandomTransform):
    """Turn the face about the crop's centre, and the pose with it.

    The turn changes all three angles, not only the roll. A crop that was resized to
    another aspect has pixels that are not square. ``crop_box`` gives their aspect, so
    that the turn is a rotation in the image. Without ``crop_box``, pixels count as
    square.

    Args:
        max_angle: Largest turn in both directions, in degrees, in (0, 180].
        prob: Probability of the augmentation, in [0, 1].
    """

    def __init__(self, max_angle: float = 30.0, prob: float = 0.5) -> None:
        super().__init__(prob)
        if not 0 < max_angle <= 180:
            raise ValueError(f'max_angle must be in (0, 180], got {max_angle}')
        self.max_angle = max_angle

    def augment(self, results: dict) -> None:
        h, w = results['img'].shape[:2]
        x1, y1, x2, y2 = results.get('crop_box', (0, 0, w, h))
        # The height of the crop's pixels over their width.
        stretch = (y2 - y1) / h / ((x2 - x1) / w)
        angle = np.random.uniform(-self.max_angle, self.max_angle)
        cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        # A pixel of the result comes from the place to which the turn back takes it.
        turn_back = np.array([[cos, sin * stretch], [-sin / stretch, cos]])
        centre = np.array([(w - 1) / 2, (h - 1) / 2])
        warp_crop(results, np.column_stack([turn_back, centre - turn_back @ centre]))
        turn = np.linalg.inv(turn_back)
        move_labels(results, (w, h), (w, h), centre - turn @ centre, turn)
        pose = rotate_pose_in_plane(results['gt_pose'], angle)
        results['gt_pose'] = pose.astype(np.float32)
        results.pop('gt_rotation', None)  # the pose says it now

    def augment_batch(self, faces: FaceBatch) -> FaceBatch:
        h, w = faces.images.shape[2:]
        stretch = 1.0
        if faces.crop_box is not None:
            x1, y1, x2, y2 = faces.crop_box.T[:, :, None, None]
            stretch = (y2 - y1) / h / ((x2 - x1) / w)
        angle = faces.uniform(-self.max_angle, self.max_angle)
        cos, sin = (f(angle.deg2rad())[:, None, None] for f in (torch.cos, torch.sin))
        x = torch.arange(w, device=angle.device) - (w - 1) / 2
        y = (torch.arange(h, device=angle.device) - (h - 1) / 2)[:, None]
        images = sample(
            faces.images,
            cos * x + sin * stretch * y + (w - 1) / 2,
            cos * y - sin / stretch * x + (h - 1) / 2,
        )
        pose = rotate_pose_in_plane(faces.gt_pose, angle)
        stretch = torch.as_tensor(stretch, device=angle.device).expand_as(cos)
        rows = [cos, -sin * stretch], [sin / stretch, cos]
        turn = torch.cat([torch.cat(row, dim=2) for row in rows], dim=1)
        centre = turn.new_tensor([(w - 1) / 2, (h - 1) / 2])
        faces = moved_batch(faces, images, centre - turn @ centre, turn)
        return replace(faces, gt_pose=pose)
