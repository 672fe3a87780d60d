"""The checkpoints of FAN (face-alignment), such as `2DFAN4-11f355bf06.pth.tar`."""

from functools import partial
from pathlib import Path

from ..conversion import Converter, Tensors, renamed


def experiment(_: Tensors, src: Path) -> str:
    """The networks of 2-D and 3-D landmarks are the same; only the file names differ."""
    return 'fan_3d_pnp' if '3d' in src.name.lower() else 'fan_pnp'


# The backbone has the authors' names.
to_state_dict = partial(renamed, rename='backbone.{}'.format)


CONVERTERS = (
    Converter(
        reads="FAN's checkpoints (.tar)",
        recognises=lambda tensors: (
            {'m0.b1_4.conv1.weight', 'l0.weight'} <= tensors.keys()
        ),
        experiment=experiment,
        state_dict=to_state_dict,
    ),
)
