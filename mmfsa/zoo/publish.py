"""Put weights among those that come with mmfsa."""

import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from mmfsa.engine import load_weights, save_checkpoint
from mmfsa.registry import METHODS, MODELS
from mmfsa.utils.files import replacing, sha256, write_json
from mmfsa.version import __version__

from . import weights as packaged
from .config_files import read_config
from .names import resolve
from .weights import PackagedWeights


def publish(
    source: Sequence[str | Path],
    name: str,
    licence: str,
    training_data: str,
    first: bool = False,
) -> PackagedWeights:
    """Copy the weights of an experiment into the package, and list them.

    Args:
        source: A checkpoint; the file of a method without a network; or the names of a
            fusion's models, which are there already.
        name: The experiment that the weights belong to, or its NETWORK.TAG.
        licence: The licence of the weights, as an SPDX identifier.
        training_data: What they were trained on, with the licence of the data.
        first: The weights are what a user gets who names none.

    Returns:
        The new entry of the index.

    Raises:
        FileNotFoundError: If there is no such checkpoint.
        ValueError: If there is no such experiment, or the weights are another model's;
            for a fusion, if one of its models is not among the weights.
    """
    entry = resolve(name)
    index = packaged.packaged_weights()
    if len(source) == 1:
        file = _export(Path(*source), entry.experiment)
        files = {file.name: sha256(file)}
    else:
        files = {}
        for model in source:
            part = resolve(model)
            if part.name not in index:
                raise ValueError(f'publish the weights of {model} first')
            files |= index[part.name].files
    aliases = (entry.experiment,)
    new = PackagedWeights(files, entry.experiment, licence, training_data, aliases)
    new.verify()
    index |= {entry.name: new}
    if first:
        index = {entry.name: new} | index
    write_json(
        {name: asdict(weights) for name, weights in index.items()},
        packaged.WEIGHTS / 'index.json',
    )
    return new


def _export(checkpoint: Path, experiment: str) -> Path:
    """The file in the package: a checkpoint's weights, and the name of their experiment.

    The file of a method without a network is copied as it is.
    """
    cfg = read_config(experiment)
    if 'model' not in cfg:
        METHODS.build(dict(cfg.method, weights=checkpoint))  # whether it is one
        file = packaged.WEIGHTS / f'{experiment}{checkpoint.suffix}'
        with replacing(file) as temporary:
            shutil.copyfile(checkpoint, temporary)
        return file
    model = MODELS.build(cfg.model)
    load_weights(model, checkpoint)
    file = packaged.WEIGHTS / f'{experiment}.pth'
    meta = dict(config=f'{experiment}.py', mmfsa_version=__version__)
    save_checkpoint(dict(state_dict=model.state_dict(), meta=meta), file)
    return file
