"""From a name, a config or a file to a method that is ready: the one loader."""

import inspect
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Union

from mmfsa import zoo
from mmfsa.deploy.backends import FROM_ONNX, Backend, backends_of, build_backend
from mmfsa.deploy.card import ModelCard
from mmfsa.deploy.engine import read_sidecar, sidecar_path
from mmfsa.inputs import InputSpec
from mmfsa.utils.files import NETWORKS, sha256
from mmfsa.utils.packages import has_package, import_package
from mmfsa.utils.threads import THREADS

from .base import Method
from .crop import CropMethod
from .ensemble import EnsembleMethod
from .sequence import SequenceMethod

# What needs torch or mmengine is imported where it is used: a file that was exported needs
# neither.
if TYPE_CHECKING:
    import torch.nn as nn
    from mmengine import Config

WITH_THREADS = 'onnxruntime', 'openvino'  # backends whose threads a user chooses
# How files are named.
OF_WEIGHTS = *NETWORKS, '.h5'
Model = Union[str, Path, dict, 'Config', Method]
Weights = str | Path | None


def create_model(
    model: Model | Sequence[Model] | None = None,
    weights: Weights | Sequence[Weights] = None,
    backend: str | None = None,
    device: str | None = None,
    flip_test: bool = False,
    license: str = 'any',  # noqa: A002
    trust_pickle: bool = False,
    threads: int | None = None,
) -> Method:
    """Create a method with its weights.

    Args:
        model: A name of the zoo (`NETWORK.TAG` or `NETWORK`, see `list_models`), the path
            of a config, a config, a method (which is returned), or several of these (a
            list, or names joined by `+`): the mean of their rotations. By default the
            model that the weights name; without weights the best that mmfsa brings.
        weights: A checkpoint (.pth), an ONNX file (.onnx) or an engine, or the foreign
            file (or folder) that a method without a network of mmfsa's runs; by default
            the model's, where mmfsa brings them or the user keeps them (`mmfsa convert`).
            The input spec of the file is obeyed. Of several models a list, or paths joined
            by `+`; None, or nothing between two `+`, is a model's default.
        backend: One of :data:`mmfsa.deploy.BACKENDS`; by default torch for a checkpoint,
            ONNX Runtime for an ONNX file and the builder of an engine. A backend that
            needs an ONNX file gets the one that mmfsa brings, or one exported from the
            checkpoint, which stays in mmfsa's cache. Where torch or mmengine is not
            installed, ONNX Runtime runs what mmfsa brings.
        device: Where the backend runs; a GPU by default, if torch runs and has one.
        flip_test: Take the mean of what is seen in a face and in its mirror image: more
            accurate, at twice the cost of the network.
        license: Which of mmfsa's own weights are allowed: `free` for weights that may be
            used for anything, or `any`.
        trust_pickle: Load a checkpoint that needs pickle, which can run any code in it.
        threads: CPU threads of ONNX Runtime or OpenVINO; their own choice by default.
            torch has one number for all (`torch.set_num_threads`).

    Returns:
        The method; its `inputs` say what it takes.

    Raises:
        ImportError: A package that the backend needs is not installed.
        FileNotFoundError: There are no such weights.
        ValueError: There is no such model, license or backend; the weights are not this
            model's or not for this backend; or a file was exported without the flip test
            that is asked for.

    >>> create_model('fsa_caps_1x1.synthetic').inputs[0].size
    (64, 64)
    """
    if isinstance(model, Method):
        ignored = dict(weights=weights, backend=backend, flip_test=flip_test)
        _refuse_ignored(model.name, ignored, 'it is a method that is ready')
        return model
    models = _several(model)
    if models is not None:
        return EnsembleMethod(
            [
                create_model(
                    *pair,
                    backend=backend,
                    device=device,
                    flip_test=flip_test,
                    license=license if pair[1] is None else 'any',
                    trust_pickle=trust_pickle,
                    threads=threads,
                )
                for pair in zip(models, _for_each(models, weights), strict=True)
            ]
        )
    options = dict(device=device, threads=threads)
    options = {name: value for name, value in options.items() if value is not None}
    if weights is not None:
        if license != 'any':
            raise ValueError(
                f'license={license!r} chooses among the weights that come with mmfsa: '
                f'leave out either that or {weights}'
            )
        weights = Path(weights) if Path(weights).is_dir() else existing(weights)
        if weights.is_dir() and model is None:
            raise ValueError(
                f'{weights} is a folder: name the model that reads it, too'
            )
    if weights is not None and model is None and is_deployed(weights):
        return _deployed_method(weights, backend, options, flip_test)
    exported = None
    if weights is None and not flip_test and _takes_exported(backend):
        exported = _packaged_export(model, license)
    if exported is not None:
        method = _deployed_method(exported, backend, options, flip_test)
        # What the records name is the checkpoint that was exported.
        method.weights_sha256 = method.network.card.weights_sha256
        return method
    for package in ('torch', 'mmengine'):
        import_package(package)
    cfg, weights, name = _config_and_weights(model, weights, license)
    if 'model' not in cfg:  # its file is foreign, also where it is an ONNX file
        ignored = dict(backend=backend, flip_test=flip_test)
        _refuse_ignored(name, ignored, 'it has no network of mmfsa')
        return _without_a_network(cfg, weights, trust_pickle)
    if weights is not None and weights.is_dir():
        raise ValueError(f'{weights} is a folder: {name} takes a file')
    if weights is None:
        raise ValueError(
            f'there are no weights of {name}: give its checkpoint (.pth) or an export '
            "(.onnx) as weights, or convert its authors' file once (`mmfsa convert FILE`)"
        )
    takes_checkpoint = (
        not backend or backend.startswith('torch') or backend in FROM_ONNX
    )
    if is_deployed(weights) or not takes_checkpoint:
        asked = model, cfg
        return _around(
            cfg, _deployed_method(weights, backend, options, flip_test, asked)
        )
    from mmengine.device import get_device

    from mmfsa.deploy.export import cached_onnx

    backend = backend or 'torch'
    network, meta = load_model(cfg, weights, trust_pickle)
    network.flip_test = network.flip_test or flip_test
    about = dict(
        name=name,
        weights_sha256=sha256(weights),
        model=network,
        made_by=meta.get('config'),
    )
    _check_threads(backend, threads)
    if backend.startswith('torch'):
        options.setdefault('device', get_device())
        runs = build_backend(backend, network, **options)
        return _around(cfg, _cropping(runs)(runs, network.inputs, **about))
    with cached_onnx(network, ModelCard.of(network, name, weights)) as path:
        runs = build_backend(backend, path, **options)
        return _around(cfg, _cropping(runs)(runs, network.inputs, **about))


def _cropping(network: Backend) -> type[CropMethod]:
    """The method that shows a network crops: one that keeps a memory, where it has one."""
    return SequenceMethod if network.state_size else CropMethod


def _takes_exported(backend: str | None) -> bool:
    """Whether an exported file is to be run, where mmfsa brings one."""
    if backend is None:
        return not (has_package('torch') and has_package('mmengine'))
    return backend in FROM_ONNX


def _packaged_export(model: Model | None, license: str) -> Path | None:  # noqa: A002
    """The ONNX file that mmfsa brings of a model; None where it brings none."""
    if model is None:
        model = zoo.default_model(license, exported=True)
    if not isinstance(model, str) or Path(model).exists():
        return None
    try:
        entry = zoo.resolve(model)
    except ValueError:  # what it is instead is looked at with its config
        return None
    if entry.weights is None or not entry.permits(license):
        return None
    return entry.weights.verify_exported()


def _refuse_ignored(name: str, settings: dict, reason: str) -> None:
    """Refuse settings that would change nothing.

    Raises:
        ValueError: One of them is set.
    """
    given = [f'{key}={value}' for key, value in settings.items() if value]
    if given:
        raise ValueError(
            f'{", ".join(given)} would change nothing about {name}, as {reason}: leave '
            'it out'
        )


def takes_weights(cfg: 'Config') -> bool:
    """Whether a method without a network of mmfsa's runs a foreign file."""
    return 'weights' in _settings_of(_that_runs(cfg))


def _that_runs(cfg: 'Config') -> Mapping:
    """The part of a method that runs a file, where one does: its network, or itself."""
    method = cfg.get('method') or {}
    network = method.get('network')
    return network if isinstance(network, Mapping) else method


def _settings_of(part: Mapping) -> Collection[str]:
    """The names of the settings that a method's class takes."""
    from mmfsa.registry import METHODS

    kind = METHODS.get(str(part.get('type')))
    return () if kind is None else inspect.signature(kind).parameters


def _without_a_network(
    cfg: 'Config', weights: Path | None, trust_pickle: bool
) -> Method:
    """The method of a config that has no network of mmfsa's.

    Raises:
        ValueError: There are weights, and nothing takes them.
    """
    from mmfsa.registry import METHODS
    from mmfsa.utils.configs import build_part, without_network

    if weights is None and 'members' in cfg.method:
        members = [_member(one) for one in cfg.method.members]
        return build_part(cfg, 'method', METHODS, members=members)
    if weights is None:
        return build_part(cfg, 'method', METHODS)
    if not takes_weights(cfg):
        raise ValueError(f'{without_network(cfg, str(weights))}: leave it out')
    part = dict(_that_runs(cfg), weights=weights)
    if 'trust_pickle' in _settings_of(part):
        part['trust_pickle'] = trust_pickle
    if 'network' in cfg.method:
        return build_part(cfg, 'method', METHODS, network=part)
    return build_part(cfg, 'method', METHODS, **part)


def _member(named: str | Mapping) -> Method:
    """A member of an ensemble in a config: a name, or `create_model`'s arguments."""
    return create_model(**named) if isinstance(named, Mapping) else create_model(named)


def _around(cfg: 'Config | None', network: CropMethod) -> Method:
    """The method that a config builds around its network; mostly the network alone."""
    if cfg is None or 'method' not in cfg:
        return network
    from mmfsa.registry import METHODS
    from mmfsa.utils.configs import build_part

    return build_part(cfg, 'method', METHODS, network=network)


def _several(model: Model | Sequence[Model] | None) -> Sequence[Model] | None:
    """The models of an ensemble; None where there is one model only."""
    if isinstance(model, str) and '+' in model and not Path(model).exists():
        return model.split('+')
    return model if isinstance(model, (list, tuple)) else None


def _for_each(
    models: Sequence[Model], weights: Weights | Sequence[Weights]
) -> list[Weights]:
    """The weights of each model of an ensemble."""
    if weights is None:
        return [None] * len(models)
    if isinstance(weights, str):
        weights = weights.split('+')
    if isinstance(weights, Path) or len(weights) != len(models):
        raise ValueError(
            f'{len(models)} models need {len(models)} weights, in their order; got '
            f'{weights}: join paths by +, with nothing between two + for the weights '
            "that are a model's own"
        )
    return [one or None for one in weights]


def load_model(
    cfg: 'Config', weights: str | Path, trust_pickle: bool = False
) -> 'tuple[nn.Module, dict]':
    """Build a config's torch model and load its weights.

    Args:
        cfg: The config; its `model` is built.
        weights: The checkpoint. Where it has an input spec, the model obeys it.
        trust_pickle: Load a checkpoint that needs pickle, which can run any code in it.

    Returns:
        The model, in evaluation mode, and the checkpoint's `meta`.

    Raises:
        FileNotFoundError, ValueError: See :func:`mmfsa.engine.load_weights`.
    """
    from mmfsa.engine.checkpoint import load_weights
    from mmfsa.registry import MODELS
    from mmfsa.utils.configs import build_part

    model = build_part(cfg, 'model', MODELS).eval()
    meta = load_weights(model, weights, trust_pickle)
    return model, meta


def experiment_of(weights: str | Path) -> str:
    """The name of the experiment that made weights, as their file says.

    Args:
        weights: A checkpoint, an ONNX file or an engine.

    Raises:
        FileNotFoundError: There are no such weights.
        ValueError: The file does not say.
    """
    weights = existing(weights)
    if is_deployed(weights):
        return card_of(weights).config
    from mmfsa.engine.checkpoint import load_checkpoint

    config = load_checkpoint(weights).get('meta', {}).get('config')
    if not config:
        raise ValueError(
            f'{weights} does not say of which model it is: name that, too (`mmfsa '
            'models` lists them)'
        )
    return Path(config).stem


def existing(weights: str | Path) -> Path:
    """The path of weights that are there.

    Raises:
        FileNotFoundError: There are none.
    """
    if not Path(weights).is_file():
        hint = ''
        if str(weights) in zoo.entries_by_name():
            hint = f': it is the name of a model, no file: --model {weights}'
        raise FileNotFoundError(f'there are no weights {weights}{hint}')
    return Path(weights)


def is_deployed(weights: Path) -> bool:
    """Whether a file is an ONNX file or an engine, which describe themselves."""
    return weights.suffix == '.onnx' or sidecar_path(weights).is_file()


def card_of(weights: Path) -> ModelCard:
    """What an ONNX file or an engine says about itself."""
    if weights.suffix == '.onnx':
        return ModelCard.read(weights)
    return ModelCard.from_dict(read_sidecar(weights)['card'], weights)


def _deployed_method(
    weights: Path,
    backend: str | None,
    options: dict,
    flip_test: bool,
    asked: 'tuple[Model | None, Config] | None' = None,
) -> CropMethod:
    """A file that describes itself: its own spec counts.

    Args:
        weights: The file.
        backend: What runs it.
        options: Its device and threads, where they are chosen.
        flip_test: Whether its poses must be those of the flip test.
        asked: The model that a user named beside it, and its config; no config is needed.
    """
    backend = backend or backends_of(weights)[0]
    if backend.startswith('torch'):
        raise ValueError(f'{weights} is an exported file, which {backend} does not run')
    _check_threads(backend, options.get('threads'))
    network = build_backend(backend, weights, **options)
    card = network.card
    if asked is not None:
        model, cfg = asked
        test_cfg = cfg.model.get('test_cfg') or {}
        flip_test = flip_test or test_cfg.get('flip_test', False)
        _check_same(model, cfg, card, weights)
    if flip_test and not card.flip_test:
        raise ValueError(
            f'{weights} was exported without the flip test: export it again with '
            '--flip-test'
        )
    return _cropping(network)(
        network, card.inputs, card.config, sha256(weights), made_by=card.config
    )


def _check_threads(backend: str, threads: int | None) -> None:
    if threads is not None and backend not in WITH_THREADS:
        known = ' and '.join(WITH_THREADS)
        raise ValueError(
            f'threads={threads} is for {known}, and {backend} runs here: choose another '
            f'backend, or set the environment variable {THREADS}'
        )


def _check_same(model: Model, cfg: 'Config', card: ModelCard, weights: Path) -> None:
    """Refuse a file that was made of another network than the model that is asked for.

    For a config outside the zoo, only the size of the crop is compared. Its crop rule may
    be another, because the file's own counts.
    """
    asked = Path(getattr(cfg, 'filename', None) or card.config).stem
    networks = {network_of(asked), network_of(card.config)}
    size = InputSpec.from_dict(cfg.model.get('inputs')).size
    if len(networks) == 2 and (None not in networks or size != card.inputs.size):
        named = model if isinstance(model, (str, Path)) else asked
        raise ValueError(
            f'{weights} was exported from {card.config}, not from {named}: leave out the '
            'model, or give other weights'
        )


def network_of(name: str) -> str | None:
    """The network that a name of the zoo means; None where it is none of the zoo."""
    try:
        return zoo.resolve(name).network
    except ValueError:
        return None


def _made_by(weights: Path) -> str:
    """The name in the zoo of the experiment that made weights."""
    name = experiment_of(weights)
    if network_of(name) is None:
        raise ValueError(
            f'{weights} was trained with {name}.py, which is not in the zoo: give this '
            f'config, too (--model PATH/{name}.py --trust-config)'
        )
    return name


def _config_and_weights(
    model: Model | None,
    weights: Path | None,
    license: str,  # noqa: A002
) -> 'tuple[Config, Path | None, str]':
    """The config, the weights and the name of what a user asks for."""
    from mmengine import Config

    from mmfsa.utils.configs import load_config

    if model is None:
        model = zoo.default_model(license) if weights is None else _made_by(weights)
    if isinstance(model, dict):  # a Config is none
        model = Config(model)
    if isinstance(model, Config):
        name = Path(getattr(model, 'filename', None) or 'model').stem
        return model, weights, name
    if not isinstance(model, (str, Path)):
        raise ValueError(
            f'a model is a name, the path of a config, a config or a method; got a '
            f'{type(model).__name__}'
        )
    if Path(model).suffix in OF_WEIGHTS:
        raise ValueError(
            f'{model} holds weights, and is no model: give it as weights (--weights '
            f'{model})'
        )
    if Path(model).is_file():
        return load_config(model), weights, Path(model).stem
    if str(model).endswith('.py') and '/' in str(model):
        raise FileNotFoundError(f'there is no config {model}')
    entry = zoo.resolve(str(model))
    if weights is not None:  # mmfsa's own weights are not asked for
        return load_config(entry.config), weights, entry.experiment
    cfg, weights = zoo.find_model(str(model), license)
    return cfg, weights, entry.name if weights else entry.experiment
