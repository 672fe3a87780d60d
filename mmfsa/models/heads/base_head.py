"""What all heads share: features become named outputs, and the outputs poses."""

from abc import ABCMeta, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import torch
import torch.nn as nn
from mmengine.model import BaseModule
from torch import Tensor

from mmfsa.structures import change_frame, matrix_to_pose, unfold_yaw


class BaseHead(BaseModule, metaclass=ABCMeta):
    """A head says of N faces what a loss compares and what `decode` makes poses of.

    Attributes:
        default_loss: Config of the loss that trains the head where a config names none.
    """

    default_loss: ClassVar[dict] = dict(type='mmfsa.L1Loss')

    @abstractmethod
    def forward(self, features) -> dict[str, Tensor]:
        """The raw outputs by name, each (N, …), from what the neck gives."""

    @abstractmethod
    def decode(self, outputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """What the raw outputs say.

        Args:
            outputs: What `forward` returns.

        Returns:
            `pose` (N, 3): the head's own yaw, pitch and roll in degrees. Where the head
            has them, `rotation` (N, 3, 3); `spread`, how unsure it is, in degrees (N,)
            or as the covariance of the rotation vector in square degrees (N, 3, 3);
            `valid` (N,) bool, False where it found no pose; `crop_offset` (N, 3), where
            the crop should lie (:meth:`mmfsa.inputs.Crop.moved`). Other outputs go by
            their names into exported files, and into the extras of poses.
        """


def as_vector(features: Tensor | Sequence[Tensor], length: int) -> Tensor:
    """All that a neck or a backbone gives of a sample, side by side in one vector.

    Args:
        features: One tensor (N, …) or several. Feature maps (N, c, h, w) are reduced to
            their means over all pixels, (N, c). Others are flattened, such as V of an
            FSANeck.
        length: What the vector's length must be.

    Returns:
        (N, length).

    Raises:
        ValueError: If the vector has another length.
    """
    if isinstance(features, Tensor):
        features = [features]
    vector = torch.cat(
        [f.mean(dim=(2, 3)) if f.dim() == 4 else f.flatten(1) for f in features], dim=1
    )
    if vector.shape[1] != length:
        shapes = [tuple(feature.shape) for feature in features]
        raise ValueError(
            f'the head takes in_features={length} of a sample, got '
            f'{vector.shape[1]} from features {shapes}'
        )
    return vector


def hidden_layers(
    in_features: int, lengths: Sequence[int]
) -> tuple[nn.Sequential, int]:
    """Linear layers, a ReLU behind each, and the length of what they give.

    Args:
        in_features: Length of what they take.
        lengths: Lengths of the layers; none: nothing is done.
    """
    layers: list[nn.Module] = []
    for length in lengths:
        layers += [nn.Linear(in_features, length), nn.ReLU()]
        in_features = length
    return nn.Sequential(*layers), in_features


def decoded_rotation(rotation: Tensor, frame: str | None = None) -> dict[str, Tensor]:
    """What a head that finds rotations says.

    Args:
        rotation: (N, 3, 3).
        frame: The frame of `rotation`, see
            :func:`~mmfsa.structures.rotation.change_frame`; None: ours.

    Returns:
        `rotation` (N, 3, 3) in our frame, and its `pose` (N, 3) in degrees. Of the two
        poses of a rotation it is the one with the pitch in [−90, 90]; yaw and roll are
        in [−180, 180].
    """
    if frame is not None:
        rotation = change_frame(rotation, frame)
    return dict(pose=unfold_yaw(matrix_to_pose(rotation)), rotation=rotation)


def check_vectors(V: Tensor, shape: tuple[int, ...]) -> None:
    """Refuse vectors V of stages that a head was not built for.

    Args:
        V: (N, *shape).
        shape: What each sample's V must be.

    Raises:
        ValueError: V has another shape.
    """
    if tuple(V.shape[1:]) != shape:
        raise ValueError(
            f'V must be (N, {", ".join(map(str, shape))}), got {tuple(V.shape)}'
        )
