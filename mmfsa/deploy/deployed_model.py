"""What every backend computes: an estimator with its preprocessing, as one graph."""

import torch
import torch.nn as nn
from torch import Tensor

from mmfsa.structures import pose_to_matrix

LAYOUTS = ('NCHW', 'NHWC')
FURTHER = ('spread', 'valid')  # outputs that some networks have beside the pose


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
        self.layout = layout
        self.output_names = ['pose']
        if rotation:
            self.output_names.append('rotation')
        self.output_names += [name for name in FURTHER if name in self._outputs()]

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """
        Args:
            images: BGR face crops, 0 to 255, in the layout.

        Returns:
            The outputs of `output_names`: the poses (N, 3), yaw, pitch, roll in
            degrees; if asked for, the rotation matrices (N, 3, 3); and what else the
            network says, `spread` and `valid`.
        """
        images = images.float()  # first, because TensorRT only converts uint8
        if self.layout == 'NHWC':
            images = images.permute(0, 3, 1, 2)
        outputs = self.model.outputs(self.model.data_preprocessor.normalize(images))
        if 'rotation' in self.output_names and 'rotation' not in outputs:
            outputs['rotation'] = pose_to_matrix(outputs['pose'])
        return tuple(outputs[name] for name in self.output_names)

    @torch.no_grad()
    def _outputs(self) -> dict[str, Tensor]:
        """What the network says of a grey picture, for the names."""
        width, height = self.model.inputs.size
        device = next(self.model.parameters()).device
        images = torch.full((1, 3, height, width), 128.0, device=device)
        return self.model.outputs(self.model.data_preprocessor.normalize(images))
