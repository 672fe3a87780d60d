"""From face crops to the numbers that a network computes with, as its input spec says."""

import torch
from mmengine.model import BaseDataPreprocessor, ImgDataPreprocessor
from torch import Tensor

from mmfsa.inputs import InputSpec
from mmfsa.registry import MODELS

GREY = 0.114, 0.587, 0.299  # what B, G and R weigh in a grey value


@MODELS.register_module()
class FacePreprocessor(BaseDataPreprocessor):
    """Stack the crops of a batch, convert their colours and normalise them.

    Args:
        inputs: The input spec.
    """

    def __init__(self, inputs: InputSpec | dict) -> None:
        super().__init__()
        self.inputs = InputSpec.from_dict(inputs)
        for name in ('mean', 'std'):
            values = getattr(self.inputs, name)
            tensor = torch.tensor(values, dtype=torch.float32).view(-1, 1, 1)
            self.register_buffer(name, tensor if values else None, persistent=False)

    def forward(self, data: dict, training: bool = False) -> dict:  # noqa: ARG002
        """
        Args:
            data: `inputs`, crops (planes, H, W) of 0 to 255, a list or stacked; and
                `data_samples`.
            training: Not used.

        Returns:
            The same with `inputs` (N, channels, H, W), float32, on the model's device.

        Raises:
            ValueError: The crops have another size than the spec.
        """
        data = self.cast_data(data)
        images = data['inputs']
        if not isinstance(images, Tensor):
            images = torch.stack(list(images))
        width, height = self.inputs.size
        if tuple(images.shape[-2:]) != (height, width):
            raise ValueError(
                f'the model takes crops of {width}x{height} pixels, the data set gives '
                f'{images.shape[-1]}x{images.shape[-2]}: leave size and inputs out of '
                'CropFace, and keep InputSpecHook among the hooks'
            )
        return {**data, 'inputs': self.normalize(images.float())}

    def normalize(self, images: Tensor) -> Tensor:
        """Convert and normalise float crops (..., planes, H, W): BGR of 0 to 255, relief.

        The relief stays as it is: it is no colour.
        """
        if self.inputs.modality == 'color':
            images = self._colors(images)
        elif self.inputs.has_color:
            colors, relief = images.split([3, 1], dim=-3)
            images = torch.cat([self._colors(colors), relief], dim=-3)
        if self.mean is not None:
            images = images - self.mean
        if self.std is not None:
            images = images / self.std
        return images

    def _colors(self, images: Tensor) -> Tensor:
        """Crops (..., 3, H, W), BGR, in the colours that the network takes."""
        if self.inputs.color == 'RGB':
            return images.flip(-3)
        if self.inputs.color == 'grey':
            weights = images.new_tensor(GREY).view(3, 1, 1)
            return (images * weights).sum(-3, keepdim=True)
        return images


def spec_of(inputs: dict | InputSpec | None, preprocessor: dict | None) -> InputSpec:
    """The input spec of a model's config.

    Args:
        inputs: The config's `inputs`.
        preprocessor: The config's `data_preprocessor`, where it has one: what mmengine's
            `ImgDataPreprocessor` states of colours, mean and std goes into the spec.

    Raises:
        ValueError: The config has another preprocessor.
    """
    spec = InputSpec.from_dict(inputs)
    if preprocessor is None:
        return spec
    preprocessor = dict(preprocessor)
    kind = preprocessor.pop('type')
    kind = MODELS.get(kind) if isinstance(kind, str) else kind
    colors = ('bgr_to_rgb', 'rgb_to_bgr')
    unknown = set(preprocessor) - {'mean', 'std', *colors}
    if kind is not ImgDataPreprocessor or unknown:
        raise ValueError(
            "an estimator's inputs say what data_preprocessor says elsewhere: set "
            'inputs=dict(color=…, mean=…, std=…) and leave data_preprocessor out'
        )
    changes = {key: preprocessor[key] for key in ('mean', 'std') if key in preprocessor}
    if any(key in preprocessor for key in colors):
        swapped = any(preprocessor.get(key, False) for key in colors)
        changes['color'] = 'RGB' if swapped else 'BGR'
    return spec.changed(**changes)
