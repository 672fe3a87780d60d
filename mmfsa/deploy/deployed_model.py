import torch.nn as nn
from torch import Tensor

from mmfsa.structures import pose_to_matrix

LAYOUTS = ('NCHW', 'NHWC')


class DeployedModel(nn.Module):
    """What every backend computes: from face crops to poses, preprocessing included.

    Args:
        model: An estimator with its weights.
        layout: `NCHW` or `NHWC` (as OpenCV's images are) of the crops; their type,
            uint8 or floating point, makes no difference.
        rotation: Also return the poses as rotation matrices.

    Attributes:
        output_names: The names of what `forward` returns.
    """

    def __init__(
        self, model: nn.Module, layout: str = 'NCHW', rotation: bool = False
    ) -> None:
        super().__init__()
        if layout not in LAYOUTS:
            raise ValueError(f'layout must be one of {LAYOUTS}, got {layout!r}')
        self.model = model
        # mmengine's data preprocessor itself would also export its (empty) padding.
        self.to_rgb = model.data_preprocessor._channel_conversion
        for name in ('mean', 'std'):
            value = getattr(model.data_preprocessor, name, None)
            self.register_buffer(name, value, persistent=False)
        self.layout = layout
        self.output_names = ['pose', 'rotation'] if rotation else ['pose']

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """
        Args:
            images: BGR face crops, 0 to 255, in the layout.

        Returns:
            The poses (N, 3), yaw, pitch, roll in degrees; then, if asked for, the
            rotation matrices (N, 3, 3).
        """
        images = images.float()  # first, because TensorRT only converts uint8
        if self.layout == 'NHWC':
            images = images.permute(0, 3, 1, 2)
        if self.to_rgb:
            images = images.flip(-3)
        if self.mean is not None:
            images = (images - self.mean) / self.std
        pose = self.model.estimate(images)
        return (pose, pose_to_matrix(pose)) if len(self.output_names) > 1 else (pose,)
