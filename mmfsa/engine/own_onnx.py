"""Exports small networks of our own, which are no head pose estimators."""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
import torch.nn as nn
from torch import Tensor

from mmfsa.utils.files import replacing
from mmfsa.utils.packages import import_package


def export_proved(
    network: nn.Module,
    inputs: Sequence[Tensor],
    names: Sequence[Sequence[str]],
    path: str | Path,
    deviation: Callable[[Path], float],
    most: float,
    unit: str,
) -> float:
    """Export a network to an ONNX file for any number of rows.

    The file gets its name after it was found to compute what torch computes.

    Args:
        network: The network.
        inputs: Inputs to trace it with, of two rows.
        names: The names of its inputs, and of its outputs.
        path: The file to write.
        deviation: How far a file is off the network.
        most: How far it may be off.
        unit: In what, for the message.

    Returns:
        How far it is off.

    Raises:
        ImportError: onnx is not installed.
        ValueError: The exported file computes something else.
    """
    import_package('onnx')
    input_names, output_names = map(list, names)
    with replacing(Path(path)) as temporary:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter('ignore')
            torch.onnx.export(
                network.eval(),
                tuple(inputs),
                str(temporary),
                input_names=input_names,
                output_names=output_names,
                dynamic_axes={n: {0: 'batch'} for n in (*input_names, *output_names)},
                opset_version=17,
                dynamo=False,
            )
        worst = deviation(temporary)
        if not worst <= most:
            raise ValueError(
                f'the exported network is {worst:.2g}{unit} off, not {most:g}{unit}: '
                'please report it'
            )
    return worst
