"""Convert weights that other packages wrote into checkpoints of mmfsa.

:data:`CONVERTERS` lists what is known: a converter recognises its files by their tensors.
"""

from pathlib import Path

from mmfsa.engine import load_checkpoint, save_checkpoint
from mmfsa.engine.safetensors_file import is_safetensors
from mmfsa.models.adas0001 import original as adas0001
from mmfsa.models.face_api import original as face_api
from mmfsa.models.fan import original as fan
from mmfsa.models.fsanet import keras, omasaht
from mmfsa.models.hopenet import original as hopenet
from mmfsa.models.opal import original as opal
from mmfsa.models.opnet import original as opnet
from mmfsa.models.semiuhpe import original as semiuhpe
from mmfsa.models.shaw import original as shaw
from mmfsa.models.sixdrepnet import exported as uniface
from mmfsa.models.sixdrepnet import original as sixdrepnet
from mmfsa.models.tddfa import original as tddfa
from mmfsa.models.tokenhpe import original as tokenhpe
from mmfsa.models.whenet import original as whenet
from mmfsa.registry import MODELS
from mmfsa.utils import register_all_modules
from mmfsa.utils.files import CHECKPOINTS, sha256
from mmfsa.version import __version__

from .config_files import experiments
from .foreign import read_tensors
from .names import get_config, resolve
from .weights import kept_path

# The modules that know the files of a method's authors, each with its CONVERTERS.
ORIGINALS = (
    adas0001,
    face_api,
    fan,
    hopenet,
    keras,
    omasaht,
    opal,
    opnet,
    semiuhpe,
    shaw,
    sixdrepnet,
    tddfa,
    tokenhpe,
    uniface,
    whenet,
)
CONVERTERS = tuple(converter for o in ORIGINALS for converter in o.CONVERTERS)


def convert(
    src: str | Path, dst: str | Path | None = None, **options: str | None
) -> str:
    """Convert a foreign file into a checkpoint.

    A checkpoint of mmfsa becomes a safetensors file, or a safetensors file a checkpoint.

    Args:
        src: The file.
        dst: The checkpoint to write; by default the one that the user keeps under the
            model's name (:func:`~mmfsa.zoo.weights.kept_path`), which then is enough.
        **options: Options of the converter that recognises the file, such as
            `protocol='p2'` for FSA-Net's; None leaves the choice to the converter.

    Returns:
        The name of the experiment file that the checkpoint belongs to; of a detector's
        network, its name.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If a package that reads such files is not installed.
        OSError: If `dst` can't be written.
        ValueError: If the file is damaged, has another format than its name says, holds
            NaN, or is of no known kind; if tensors are missing, surplus or misshapen; or
            if there is no such option.
    """
    src = Path(src)
    if dst is not None and is_safetensors(src) != is_safetensors(dst):
        own = load_checkpoint(src) if src.suffix in CHECKPOINTS else {}
        if 'config' in own.get('meta', {}):  # the same checkpoint in the other format
            kept = {key: own[key] for key in ('state_dict', 'meta')}
            save_checkpoint(kept, dst)
            return own['meta']['config']
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
    build = converter.network or (lambda: MODELS.build(get_config(config).model))
    model = build()
    meta = dict(
        config=config,
        source=src.name,
        source_sha256=sha256(src),
        mmfsa_version=__version__,
    )
    state_dict = converter.state_dict(tensors, model, src)
    dst = kept_path(kept_name(config)) if dst is None else dst
    save_checkpoint(dict(state_dict=state_dict, meta=meta), dst)
    return config


def kept_name(config: str) -> str:
    """The name under which converted weights are kept.

    Args:
        config: What :func:`convert` returns.

    Returns:
        NETWORK.TAG; of a detector's network its own name.
    """
    name = config.removesuffix('.py')
    return resolve(name).name if name in experiments() else name
