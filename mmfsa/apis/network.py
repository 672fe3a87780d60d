"""A model with its weights, on the backend that runs it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import torch.nn as nn
from mmengine import Config
from mmengine.device import get_device

from mmfsa.deploy import Backend, ModelCard, build_backend, export_onnx
from mmfsa.deploy.backends import backends_of
from mmfsa.deploy.card import flip_test
from mmfsa.deploy.engine import read_sidecar, sidecar_path
from mmfsa.engine import load_checkpoint, load_weights
from mmfsa.registry import MODELS

FROM_ONNX = 'onnxruntime', 'openvino'


def experiment_of(weights: str | Path) -> str:
    """The name of the experiment that weights are of, as their file says.

    Args:
        weights: A checkpoint, an ONNX file or an engine.

    Raises:
        FileNotFoundError: If there are no such weights.
        ValueError: If they don't say.
    """
    weights = _existing(weights)
    if weights.suffix == '.onnx':
        return ModelCard.read(weights).config
    if sidecar_path(weights).is_file():
        return read_sidecar(weights)['card']['config']
    config = load_checkpoint(weights).get('meta', {}).get('config')
    if not config:
        raise ValueError(
            f'{weights} does not say of which model it is: name that, too (`mmfsa '
            'models` lists them)'
        )
    return Path(config).stem


def load_network(
    cfg: Config,
    weights: str | Path,
    backend: str | None = None,
    device: str | None = None,
    trust_pickle: bool = False,
) -> tuple[Backend, nn.Module | None]:
    """Load a model's weights.

    Args:
        cfg: The experiment's config.
        weights: A checkpoint, an ONNX file or an engine.
        backend: One of :data:`mmfsa.deploy.BACKENDS`; torch for checkpoints, ONNX Runtime
            for ONNX files and the builder of an engine by default. One that needs an ONNX
            file is given one, exported from the checkpoint.
        device: Where the backend runs; on a GPU by default, if torch runs and has one.
        trust_pickle: Load a checkpoint that needs pickle, which can run any code in it.

    Returns:
        The backend, and the model itself where the weights are a checkpoint.

    Raises:
        ImportError: If a package that the backend needs is not installed.
        FileNotFoundError: If there are no such weights.
        ValueError: If the weights are not this model's, or not for this backend, or if a
            file was exported without the flip test that the config asks for.
    """
    weights = _existing(weights)
    deployed = weights.suffix == '.onnx' or sidecar_path(weights).is_file()
    if backend is None:
        backend = backends_of(weights)[0] if deployed else 'torch'
    options = {} if device is None else dict(device=device)
    if backend.startswith('torch'):
        options.setdefault('device', get_device())
    elif deployed or backend not in FROM_ONNX:
        network = build_backend(backend, weights, **options)
        if flip_test(cfg) and not network.card.flip_test:
            raise ValueError(
                f'{weights} was exported without the flip test: export it again with '
                '--flip-test'
            )
        return network, None

    model = MODELS.build(cfg.model).eval()
    load_weights(model, weights, trust_pickle)
    if backend.startswith('torch'):
        return build_backend(backend, model, **options), model
    with TemporaryDirectory() as folder:
        path = Path(folder) / f'{weights.stem}.onnx'
        export_onnx(model, path, ModelCard.of(cfg, weights))
        return build_backend(backend, path, **options), model


def _existing(weights: str | Path) -> Path:
    if not Path(weights).is_file():
        raise FileNotFoundError(f'there are no weights {weights}')
    return Path(weights)
