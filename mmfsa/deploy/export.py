"""From an estimator to an ONNX file that is proved to compute the same."""

import copy
import dataclasses
import hashlib
import json
import warnings
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

from mmfsa.utils.files import (
    cache_path,
    has_its_digest,
    note_digest,
    replacing,
    temporary_folder,
)
from mmfsa.utils.packages import import_package

from .backends import Backend, build_backend
from .card import ModelCard, load_onnx
from .deployed_model import DeployedModel, WithFloat32Inputs
from .lean import for_deployment
from .norms import spell_out_norms
from .parity import deviation, failures, reference_poses
from .quantized_weights import quantize_weights

OPSET = 17  # the oldest that has all operations; TensorRT 8.5 and later read it
RANDOM_CROPS = 64
COPIES = 'Identity', 'Cast'  # where the optimizer removes them


def export_onnx(
    model: nn.Module,
    path: str | Path,
    card: ModelCard,
    rotation: bool = False,
    crops: np.ndarray | None = None,
) -> dict[str, float]:
    """Export an estimator, with a dynamic batch.

    The file gets its name after ONNX Runtime has computed from it what torch computes
    from the model, on random crops and on `crops`, in batches of 1, 3 and all.

    Args:
        model: An estimator with its weights.
        path: The file to write.
        card: What is to be exported; its layout and type are those of the input.
        rotation: Also output the poses as rotation matrices.
        crops: Face crops (N, height, width, 3), BGR uint8, to compare on.

    Returns:
        The largest deviation from torch, see :func:`~mmfsa.deploy.parity.deviation`.

    Raises:
        ImportError: If onnx, onnxscript or onnxruntime is not installed.
        ValueError: If the exported model computes something else.
    """
    deployed = DeployedModel(for_deployment(model), card.layout, rotation)
    with replacing(path) as temporary:
        write_onnx(deployed, temporary, card)
        return _prove(model, temporary, card, crops)


@contextmanager
def cached_onnx(model: nn.Module, card: ModelCard) -> Iterator[Path]:
    """An estimator's ONNX file, which is exported once and kept in mmfsa's cache.

    Another checkpoint, architecture, input spec or version gives another file. A damaged
    file is exported again. Where the cache can't be written, the file is there for as long
    as the context lasts.

    Args:
        model: An estimator with its weights.
        card: What is to be exported.

    Yields:
        The file.

    Raises:
        ImportError, ValueError: See :func:`export_onnx`.
    """
    about = json.dumps(card.to_dict(), sort_keys=True)
    # Its text names every layer, and so changes with the architecture.
    content = f'{about} {model} {torch.__version__}'.encode()
    digest = hashlib.sha256(content).hexdigest()[:16]
    path = cache_path(f'{card.config}_{digest}.onnx')
    with ExitStack() as stack:
        if not has_its_digest(path):
            try:
                export_onnx(model, path, card)
                note_digest(path)
            except OSError:
                folder = stack.enter_context(temporary_folder())
                path = Path(folder) / path.name
                export_onnx(model, path, card)
        yield path


def write_onnx(deployed: DeployedModel, path: str | Path, card: ModelCard) -> None:
    """Trace a model, fold its constants and write it with its card.

    Args:
        deployed: The model.
        path: The file to write.
        card: What the model is. The file's card also names the tensors that the model's
            float32 parts take (:attr:`ModelCard.float32_from`).
    """
    onnx, optimizer = map(import_package, ('onnx', 'onnxscript.optimizer'))
    shape = (2, card.inputs.planes, card.height, card.width)
    if card.layout == 'NHWC':
        shape = (2, *shape[2:], shape[1])
    inputs = [torch.zeros(shape, dtype=getattr(torch, card.dtype))]
    if card.state_size:
        inputs += [torch.zeros(2), torch.zeros(2, card.state_size)]
    names = deployed.output_names
    with torch.no_grad(), warnings.catch_warnings():
        # The tracer warns about the checks of shapes; the exporter, that another one is
        # now the default: of these models that one writes the same graph, in 20 times
        # the time.
        warnings.simplefilter('ignore')
        traced = WithFloat32Inputs(deployed.eval(), *inputs)
        torch.onnx.export(
            traced.eval(),
            tuple(inputs),
            str(path),
            input_names=deployed.input_names,
            output_names=traced.output_names,
            dynamic_axes={
                name: {0: 'batch'} for name in [*deployed.input_names, *names]
            },
            opset_version=OPSET,
            dynamo=False,
        )
    raw = load_onnx(path)
    del raw.graph.output[len(names) :]
    proto = optimizer.optimize(copy.deepcopy(raw))
    spell_out_norms(proto)
    quantize_weights(proto)
    calls = [_left(call, raw.graph, proto.graph) for call in traced.calls]
    card = dataclasses.replace(card, float32_from=calls)
    onnx.helper.set_model_props(proto, card.to_metadata())
    onnx.checker.check_model(proto, full_check=True)
    onnx.save(proto, path)


def _left(names: Iterable[str], raw, optimized) -> list[str]:
    """What the optimizer has left of tensors.

    Args:
        names: Names of tensors in the raw graph.
        raw: The graph as it was traced.
        optimized: The graph after the optimizer, which merges some operations.

    Returns:
        The names of the tensors. In the place of a copy stands its original; in the place
        of a tensor between two merged operations, what the second one makes.
    """
    there = {tensor.name for tensor in (*optimized.input, *optimized.initializer)}
    there |= {name for node in optimized.node for name in node.output}
    copies = {n.output[0]: n.input[0] for n in raw.node if n.op_type in COPIES}
    left, ahead = [], list(names)
    while ahead:
        name = ahead.pop(0)
        if name in there:
            left.append(name)
        elif name in copies:
            ahead.append(copies[name])
        else:
            ahead += [node.output[0] for node in raw.node if name in node.input]
    return list(dict.fromkeys(left))


def _prove(
    model: nn.Module, path: Path, card: ModelCard, crops: np.ndarray | None
) -> dict[str, float]:
    rng = np.random.default_rng(0)
    shape = (RANDOM_CROPS, card.height, card.width, card.inputs.planes)
    random = rng.integers(0, 256, shape, dtype=np.uint8)
    crops = random if crops is None else np.concatenate([random, crops])
    reference = reference_poses(model, crops)
    backend = build_backend('onnxruntime', path)
    worst: dict[str, float] = {}
    for num in (1, 3, len(crops)):
        measured = deviation(backend.estimate(crops[:num]), reference[:num])
        worst = {name: max(v, worst.get(name, 0)) for name, v in measured.items()}
    if card.state_size:
        measured = deviation(*_streams(model, backend, crops))
        worst = {name: max(v, worst[name]) for name, v in measured.items()}
    failed = failures(worst, card.precision)
    if failed:
        raise ValueError(
            f'the exported model differs from torch: {"; ".join(failed)}. Please report '
            'it with the config'
        )
    return worst


@torch.no_grad()
def _streams(
    model: nn.Module, backend: Backend, crops: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The poses of crops as the frames of one face, by the file and by torch."""
    times = np.random.default_rng(0).uniform(0.01, 0.1, len(crops)).astype(np.float32)
    times[0] = 0
    inputs = dict(inputs=torch.from_numpy(crops).permute(0, 3, 1, 2))
    images = model.data_preprocessor(inputs)['inputs']
    found, state = [], np.zeros((1, model.state_size), np.float32)
    for i, elapsed in enumerate(times):
        outputs = backend.run_crops(crops[i : i + 1], elapsed=[elapsed], state=state)
        state = outputs['next_state']
        found.append(outputs['pose'][0])
    expected = model.poses(images[None], torch.from_numpy(times)[None])
    return np.array(found), expected[0].numpy()
