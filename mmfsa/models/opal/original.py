"""The checkpoints of Opal's authors (pcr-upm/opal23_headpose), with three kinds of heads.

Their matrices and angles are those of the mirrored yaw. Of angles and quaternions a change
of signs makes ours; the head of six numbers speaks in their frame.
"""

from functools import partial
from pathlib import Path

import torch
import torch.nn as nn

from ..conversion import Converter, Tensors, renamed
from ..heads.rotation_6d_head import FRONTAL

FIRST, LAST = '0.conv_img.0.weight', '1.fc_for_pose.pose_0.weight'
EXPERIMENTS = {3: 'opal_euler', 4: 'opal_quaternion', 6: 'opal_6d'}
BACKBONE, ENCODER = '0.backbone.', '0.encoders.0.'
STAGES_OF_BACKBONE = 5


def recognises(tensors: Tensors) -> bool:
    """Whether tensors are of Opal's network."""
    return {FIRST, LAST} <= tensors.keys()


def experiment(tensors: Tensors, src: Path) -> str:
    """The experiment, by how many numbers the network gives.

    Raises:
        ValueError: The network gives other numbers than a pose of Opal's.
    """
    outputs = len(tensors[LAST])
    if outputs not in EXPERIMENTS:
        raise ValueError(
            f'{src}: {LAST} gives {outputs} numbers, not 3 angles, 4 of a quaternion '
            'or 6 of a rotation'
        )
    return EXPERIMENTS[outputs]


def our_name(name: str, layer: str) -> str:
    """Our name of a tensor.

    Args:
        name: The original's.
        layer: The name of the head's last layer.
    """
    name = name.replace('0.conv_img.', 'backbone.stem.')
    name = name.replace('1.fc_for_pose.pose_0.', f'head.{layer}.')
    name = name.replace(BACKBONE, 'backbone.stages.')
    if name.startswith(ENCODER):
        stage, rest = name.removeprefix(ENCODER).split('.', 1)
        name = f'backbone.stages.{int(stage) + STAGES_OF_BACKBONE}.{rest}'
    return name


def to_state_dict(
    tensors: Tensors, model: nn.Module, src: Path
) -> dict[str, torch.Tensor]:
    """The state dict of a model.

    Raises:
        ValueError: Tensors are missing, surplus or misshapen; the message names them.
    """
    numbers = len(tensors[LAST])
    layer = 'layers.0' if numbers == 3 else 'linear'
    state_dict = renamed(tensors, model, src, partial(our_name, layer=layer))
    weight, bias = f'head.{layer}.weight', f'head.{layer}.bias'
    if numbers == 6:
        state_dict[bias] = state_dict[bias] - torch.tensor(FRONTAL)
    for name in (weight, bias):
        rows = state_dict[name]
        if numbers == 3:  # yaw, pitch, roll
            rows = torch.stack([-rows[0], rows[1], rows[2]])
        elif numbers == 4:  # w, x, y, z to x, y, z, w
            rows = torch.stack([rows[1], rows[2], -rows[3], rows[0]])
        state_dict[name] = rows
    return state_dict


CONVERTERS = (
    Converter(
        reads="the networks of Opal's authors (.pth)",
        recognises=recognises,
        experiment=experiment,
        state_dict=to_state_dict,
    ),
)
