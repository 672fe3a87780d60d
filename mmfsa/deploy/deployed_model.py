"""What every backend computes: an estimator with its preprocessing, as one graph."""

from collections.abc import Mapping

import torch
import torch.nn as nn
from torch import Tensor

from mmfsa.structures import pose_to_matrix

from .card import KNOWN

MEMORY = 'elapsed', 'state'  # further inputs of a network that remembers
OWN = ('pose', 'rotation')  # outputs that every network has, or can have


class DeployedModel(nn.Module):
    """What every backend computes: from face crops to poses, preprocessing included.

    Args:
        model: An estimator with its weights.
        layout: `NCHW` or `NHWC` (as OpenCV's images are) of the crops; their type,
            uint8 or floating point, makes no difference.
        rotation: Also return the poses as rotation matrices.

    Attributes:
        output_names: The names of what `forward` returns.
        state_size: The numbers that a face's memory has; 0: the model has none.
    """

    def __init__(
        self, model: nn.Module, layout: str = 'NCHW', rotation: bool = False
    ) -> None:
        super().__init__()
        if layout not in KNOWN['layout']:
            raise ValueError(f'layout must be one of {KNOWN["layout"]}, got {layout!r}')
        self.model = model
        self.layout = layout
        self.output_names = ['pose']
        if rotation:
            self.output_names.append('rotation')
        self.state_size = model.state_size
        self.output_names += [name for name in self._outputs() if name not in OWN]
        if self.state_size:
            self.output_names.append('next_state')

    @property
    def input_names(self) -> list[str]:
        """The names of what `forward` takes."""
        return ['images', *([*MEMORY] if self.state_size else [])]

    def forward(
        self,
        images: Tensor,
        elapsed: Tensor | None = None,
        state: Tensor | None = None,
    ) -> tuple[Tensor, ...]:
        """
        Args:
            images: Face crops, 0 to 255, in the layout: BGR, and the relief of a network
                that sees depth.
            elapsed: (N,) seconds since the face's frame before, and 0 for its first one,
                for a network that remembers.
            state: (N, state_size) what it gave as `next_state` for that frame; zeros for
                the first one.

        Returns:
            The outputs of `output_names`: the poses (N, 3), yaw, pitch, roll in
            degrees; if asked for, the rotation matrices (N, 3, 3); what else the
            network says, such as `spread` and `valid`; and `next_state`, of a network that
            remembers.
        """
        images = images.float()  # first, because TensorRT only converts uint8
        if self.layout == 'NHWC':
            images = images.permute(0, 3, 1, 2)
        images = self.model.data_preprocessor.normalize(images)
        if self.state_size:
            outputs, state = self.model.step(images, elapsed, state)
            outputs['next_state'] = state
        else:
            outputs = self.model.outputs(images)
        if 'rotation' in self.output_names and 'rotation' not in outputs:
            outputs['rotation'] = pose_to_matrix(outputs['pose'])
        return tuple(outputs[name] for name in self.output_names)

    @torch.no_grad()
    def _outputs(self) -> dict[str, Tensor]:
        """What the network says of a grey picture, for the names."""
        width, height = self.model.inputs.size
        device = next(self.model.parameters()).device
        shape = 1, self.model.inputs.planes, height, width
        images = torch.full(shape, 128.0, device=device)
        return self.model.outputs(self.model.data_preprocessor.normalize(images))


class WithFloat32Inputs(nn.Module):
    """A deployed model that also returns what its float32 parts take, for the export.

    Args:
        deployed: The model; its estimator states its
            :attr:`~mmfsa.models.BaseEstimator.float32_parts`.
        *inputs: A batch for a first run, which counts these tensors.

    Attributes:
        calls: For each call of a part, the names of the tensors that it takes.
        output_names: The names of what `forward` returns: the model's outputs, then
            these tensors. A tensor that several calls take comes once.
    """

    def __init__(self, deployed: DeployedModel, *inputs: Tensor) -> None:
        super().__init__()
        # The graph names its operations and weights after the modules: as without this.
        self.model = deployed.model
        self._compute = deployed.forward
        _, taken = self._run(*inputs)
        names = {key: f'float32_input_{i}' for i, key in enumerate(_distinct(taken))}
        self.calls = [[names[id(tensor)] for tensor in call] for call in taken]
        self.output_names = [*deployed.output_names, *names.values()]

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """What `output_names` name, of inputs as :class:`DeployedModel` takes them."""
        outputs, taken = self._run(*inputs)
        return *outputs, *_distinct(taken).values()

    def _run(self, *inputs: Tensor) -> tuple[tuple[Tensor, ...], list[list[Tensor]]]:
        """The model's outputs, and of each call of a part the tensors that it takes."""
        taken = []

        def keep(_, args: tuple, kwargs: dict) -> None:
            taken.append(_floats_in([args, kwargs]))

        hooks = [
            part.register_forward_pre_hook(keep, with_kwargs=True)
            for part in self.model.float32_parts
        ]
        try:
            return self._compute(*inputs), taken
        finally:
            for hook in hooks:
                hook.remove()


def _floats_in(value) -> list[Tensor]:
    """The floating-point tensors in nested tuples, lists and dicts."""
    if isinstance(value, Tensor):
        return [value] if value.is_floating_point() else []
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, tuple | list):
        return []
    return [tensor for item in value for tensor in _floats_in(item)]


def _distinct(calls: list[list[Tensor]]) -> dict[int, Tensor]:
    """Each tensor once, by its identity, while `calls` keeps it alive."""
    return {id(tensor): tensor for call in calls for tensor in call}
