"""Exports the weights that come with mmfsa: ONNX files for whoever has no torch."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from mmfsa.deploy import ModelCard, export_onnx
from mmfsa.methods import load_model
from mmfsa.utils.files import sha256, write_json

from . import weights as packaged
from .names import find_model, resolve


def export_weights(names: Sequence[str] = ()) -> dict[str, float]:
    """Export weights of the package into the package.

    Args:
        names: Names of weights; by default those that have an export already.

    Returns:
        The largest difference from torch in degrees, by the names NETWORK.TAG.

    Raises:
        ValueError: A name is none of weights that mmfsa brings; or the export computes
            something else.
    """
    index = packaged.packaged_weights()
    names = names or [name for name, weights in index.items() if weights.exported]
    differences = {}
    for name in names:
        entry = resolve(name)
        if entry.weights is None:
            raise ValueError(f'{name} is no name of weights that come with mmfsa')
        cfg, checkpoint = find_model(entry.name)
        model, _ = load_model(cfg, checkpoint)
        path = packaged.WEIGHTS / f'{entry.name.replace(".", "_")}.onnx'
        card = ModelCard.of(model, entry.name, checkpoint)
        differences[entry.name] = export_onnx(model, path, card)['max']
        exported = {path.name: sha256(path)}
        index[entry.name] = replace(entry.weights, exported=exported)
    write_json(
        {name: asdict(weights) for name, weights in index.items()},
        packaged.WEIGHTS / 'index.json',
    )
    return differences
