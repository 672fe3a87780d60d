"""Convert weights that other packages wrote into checkpoints of mmfsa.

:data:`CONVERTERS` lists what is known: a converter recognises its files by their tensors.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn as nn

from mmfsa.engine import save_checkpoint
from mmfsa.models.fsanet import keras
from mmfsa.registry import MODELS
from mmfsa.utils import register_all_modules
from mmfsa.utils.files import sha256
from mmfsa.version import __version__

from .foreign import Tensors, read_tensors
from .names import get_config


@dataclass(frozen=True)
class Converter:
    """How one kind of files is converted.

    Attributes:
        reads: The files, in words.
        recognises: Whether tensors are of this kind.
        experiment: The name of the experiment that tensors belong to, by the tensors, the
            path of their file and the options.
        state_dict: The state dict of a model, by the tensors, the model and the path.
        options: The names of the options that `experiment` takes.
    """

    reads: str
    recognises: Callable[[Tensors], bool]
    experiment: Callable[..., str]
    state_dict: Callable[[Tensors, nn.Module, Path], dict[str, torch.Tensor]]
    options: frozenset[str] = frozenset()


CONVERTERS = (
    Converter(
        reads="the Keras files of FSA-Net's authors (.h5)",
        recognises=keras.recognises,
        experiment=keras.experiment,
        state_dict=keras.to_state_dict,
        options=frozenset({'protocol'}),
    ),
)


def convert(src: str | Path, dst: str | Path, **options: str | None) -> str:
    """Convert a foreign file into a checkpoint.

    Args:
        src: The file.
        dst: The checkpoint to write.
        **options: Options of the converter that recognises the file, such as
            `protocol='p2'` for FSA-Net's; None leaves the choice to the converter.

    Returns:
        The name of the experiment file that the checkpoint belongs to.

    Raises:
        ImportError: If a package that reads such files is not installed.
        OSError: If `src` can't be read or `dst` can't be written.
        ValueError: If no converter recognises `src`, if it holds NaN, if tensors are
            missing, surplus or misshapen, or if there is no such option.
    """
    src = Path(src)
    tensors = read_tensors(src)
    converter = next((c for c in CONVERTERS if c.recognises(tensors)), None)
    if converter is None:
        known = '; '.join(converter.reads for converter in CONVERTERS)
        raise ValueError(
            f'{src} is not a file that mmfsa can convert: it converts {known}'
        )
    given = {name: value for name, value in options.items() if value is not None}
    unknown = given.keys() - converter.options
    if unknown:
        raise ValueError(
            f'{src} is one of {converter.reads}, for which there is no option '
            f'{", ".join(sorted(unknown))}'
        )
    config = f'{converter.experiment(tensors, src, **given)}.py'
    register_all_modules()
    model = MODELS.build(get_config(config).model)
    meta = dict(
        config=config,
        source=src.name,
        source_sha256=sha256(src),
        mmfsa_version=__version__,
    )
    state_dict = converter.state_dict(tensors, model, src)
    save_checkpoint(dict(state_dict=state_dict, meta=meta), dst)
    return config
