"""Checkpoints that load without running code from the file.

A checkpoint of mmfsa is `{'state_dict': …, 'meta': …}` of tensors and plain Python;
`meta['config']` is the name of the experiment file that builds its model.
"""

import io
import logging
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
import torch.nn as nn
from mmengine import Config
from mmengine.fileio import LocalBackend, register_backend
from mmengine.logging import print_log
from mmengine.model import is_model_wrapper

from mmfsa.inputs import InputSpec
from mmfsa.registry import MODELS
from mmfsa.utils.configs import build_part
from mmfsa.utils.doors import check_unpacked
from mmfsa.utils.files import replacing, why_damaged
from mmfsa.utils.reading import check_zip, damaged, one_line

from .safetensors_file import is_safetensors, read_safetensors, write_safetensors


def load_checkpoint(
    path: str | Path,
    map_location: str | Callable = 'cpu',
    trust_pickle: bool = False,
) -> dict:
    """Read a checkpoint.

    Args:
        path: The file.
        map_location: Where the tensors go, as in `torch.load`.
        trust_pickle: Allow pickled objects, which can run any code: only for files of
            which you know who made them.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file holds pickled objects and is not trusted, or is no
            checkpoint at all.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'there is no checkpoint {path}')
    if is_safetensors(path):
        checkpoint = read_safetensors(path, map_location)
        _check(checkpoint, path)
        return checkpoint
    check_zip(path)
    reason = why_damaged(path)
    if reason:
        raise ValueError(f'{path} is damaged: {reason}')
    try:
        with path.open('rb') as file:  # torch opens not every name
            checkpoint = torch.load(
                file, map_location=map_location, weights_only=not trust_pickle
            )
    except pickle.UnpicklingError as e:
        _refuse_other_files(path)
        reason = str(e).replace('\n', ' ').partition('WeightsUnpickler error: ')[2]
        raise ValueError(
            f'{path} holds pickled Python objects, and loading those can run any code '
            f'that the file contains ({reason.partition(". ")[0] or "not tensors"}). If '
            'you trust whoever made it: trust_pickle=True in Python, '
            '--trust-checkpoint of the tools that train, test and deploy'
        ) from e
    except Exception as e:  # what torch stumbles over differs from file to file
        _refuse_other_files(path)
        raise ValueError(f'{path} is damaged or no checkpoint: {one_line(e)}') from e
    _check(checkpoint, path)
    return checkpoint


def _check(checkpoint: object, path: Path) -> None:
    """Refuse a checkpoint whose parts are not what all readers take them for."""
    if not isinstance(checkpoint, dict):
        raise ValueError(f'{path} is no checkpoint: it holds a {type(checkpoint)}')
    meta, state = checkpoint.get('meta', {}), checkpoint.get('state_dict', checkpoint)
    for name, part in (('meta', meta), ('state_dict', state)):
        if not isinstance(part, dict) or not all(isinstance(key, str) for key in part):
            raise ValueError(f'{path} is no checkpoint: its {name} is no dict of names')
    if not isinstance(meta.get('config', ''), str):
        raise ValueError(
            f'{path}: its meta names no config, but {meta["config"]!r:.80}'
        )
    # A tensor may be said to be far larger than its numbers are.
    tensors = [value for value in state.values() if isinstance(value, torch.Tensor)]
    check_unpacked(path, sum(t.numel() * t.element_size() for t in tensors))


def _refuse_other_files(path: Path) -> None:
    """Say what a file is, where it is certainly no checkpoint."""
    from mmfsa.zoo.foreign import (
        why_no_checkpoint,  # it reads checkpoints by this module
    )

    reason = why_no_checkpoint(path)
    if reason:
        raise ValueError(reason)


def load_weights(
    model: nn.Module, path: str | Path, trust_pickle: bool = False
) -> dict:
    """Load a checkpoint's weights into the model that they belong to, all of them.

    Where the checkpoint has an input spec, the model obeys it.

    Returns:
        The checkpoint's `meta`.

    Raises:
        FileNotFoundError, ValueError: See :func:`load_checkpoint`; also if the weights
            are another model's, or not all finite.
    """
    checkpoint = load_checkpoint(path, trust_pickle=trust_pickle)
    meta = checkpoint.get('meta', {})
    state_dict = checkpoint.get('state_dict', checkpoint)
    bad = [
        name
        for name, value in state_dict.items()
        if isinstance(value, torch.Tensor) and not value.isfinite().all()
    ]
    if bad:
        raise ValueError(f'{path} holds NaN or infinite weights in {", ".join(bad)}')
    model = unwrapped(model)
    try:
        model.load_state_dict(state_dict)
    except (RuntimeError, TypeError, AttributeError) as e:
        belongs = f'; its config is {meta["config"]}' if 'config' in meta else ''
        raise ValueError(
            f'the weights in {path} are not those of this model{belongs}: '
            f'{_difference(model.state_dict(), state_dict)}'
        ) from e
    _obey(model, meta, path)
    return meta


def _difference(own: dict, given: dict) -> str:
    """In what a checkpoint's tensors differ from a model's, in one line."""
    reshaped = [
        name
        for name, value in own.items()
        if name in given and getattr(given[name], 'shape', None) != value.shape
    ]
    words = [
        f'{len(names)} of its {len(whole)} tensors {what} (first {names[0]})'
        for whole, what, names in (
            (own, 'are missing', [name for name in own if name not in given]),
            (own, 'have another shape', reshaped),
            (given, 'are unknown', [name for name in given if name not in own]),
        )
        if names
    ]
    return (
        '; '.join(words).replace('its', "the model's", 1).replace('its', "the file's")
    )


def unwrapped(model: nn.Module) -> nn.Module:
    """The model itself, where a wrapper for several processes stands around it."""
    return model.module if is_model_wrapper(model) else model


def _obey(model: nn.Module, meta: dict, path: str | Path) -> None:
    """Let a model take what its checkpoint says that it takes."""
    if 'inputs' not in meta or not hasattr(model, 'set_inputs'):
        return
    with damaged(path, 'checkpoint'):
        spec = InputSpec.from_dict(meta['inputs'])
    if spec != model.inputs:
        print_log(
            f'{path} was trained with the inputs {spec.to_dict()}: these are used, not '
            f"the config's {model.inputs.to_dict()}",
            logger='current',
            level=logging.WARNING,
        )
        model.set_inputs(spec)


def fuse_checkpoints(
    cfg: Config, sources: Sequence[str | Path], dst: str | Path
) -> None:
    """Join checkpoints of single models into one of their fusion.

    Args:
        cfg: The fusion's experiment.
        sources: A checkpoint for each of its estimators, in their order.
        dst: The checkpoint to write.

    Raises:
        FileNotFoundError, ValueError: See :func:`load_weights`; also if the
            experiment is no fusion, or has more or fewer estimators.
    """
    model = build_part(cfg, 'model', MODELS)
    name = Path(cfg.filename).name
    if not hasattr(model, 'estimators'):
        raise ValueError(f'{name} is no fusion')
    if len(sources) != len(model.estimators):
        raise ValueError(
            f'{name} fuses {len(model.estimators)} estimators, got {len(sources)} '
            'checkpoints'
        )
    metas = [
        load_weights(estimator, source)
        for estimator, source in zip(model.estimators, sources, strict=True)
    ]
    specs = {repr(estimator.inputs): estimator.inputs for estimator in model.estimators}
    if len(specs) > 1:
        raise ValueError(
            f'{name} shows all estimators the same crop, the checkpoints take '
            f'{" and ".join(specs)}'
        )
    (spec,) = specs.values()
    meta = dict(config=name, estimators=metas, inputs=spec.to_dict())
    save_checkpoint(dict(state_dict=model.state_dict(), meta=meta), dst)


def save_checkpoint(checkpoint: dict, path: str | Path) -> None:
    """Write a checkpoint; it gets its name when it is whole.

    A path that ends in `.safetensors` becomes such a file. The same content gives the same
    bytes, whatever the file's name.
    """
    if is_safetensors(path):
        write_safetensors(checkpoint, path)
        return
    buffer = io.BytesIO()  # torch would write the name of a file into it
    torch.save(checkpoint, buffer)
    with replacing(path) as temporary:
        temporary.write_bytes(buffer.getbuffer())


class AtomicBackend(LocalBackend):
    """mmengine's local files, which get their names when they are whole.

    For hooks that write: `CheckpointHook(backend_args=dict(backend='atomic'))`.
    """

    def put(self, obj: bytes, filepath: str | Path) -> None:
        with replacing(filepath) as temporary:
            temporary.write_bytes(obj)


register_backend('atomic', AtomicBackend, force=True)
