"""TensorRT engines: built from an ONNX file, and refused where they don't belong.

The same code serves TensorRT 10 and 11 (`tensorrt`) and TensorRT-RTX (`tensorrt_rtx`).
Networks are strongly typed: the precision is that of the ONNX file, there is no flag by
which a builder could fall back to another one.

Beside an engine lies a JSON file, `NAME.engine.json`, which says what it was built from
and for; without it no engine is loaded.
"""

import hashlib
import json
import os
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from mmfsa.utils.files import replacing, sha256, write_json
from mmfsa.utils.packages import import_package
from mmfsa.utils.reading import read_json

from .card import ModelCard

if TYPE_CHECKING:
    from .cuda import Cuda

Profile = tuple[int, int, int]
NAMES = dict(fp32='FLOAT', fp16='HALF', int8='INT8')  # TensorRT's, of precisions
# What is read of a sidecar when its engine is loaded, and its type.
NEEDED = {
    'card': dict,
    'onnx': str,
    'onnx_sha256': str,
    'package': str,
    'version': str,
    'gpu': str | None,
    'targets': list,
    'profile': list,
    'engine_sha256': str,
}


def build_engine(
    onnx: str | Path,
    path: str | Path,
    profile: Profile,
    package: str = 'tensorrt',
    targets: tuple[str, ...] = (),
    timing_cache: str | Path | None = None,
) -> dict:
    """Build an engine.

    Args:
        onnx: What mmfsa exported or converted.
        path: The engine to write; its sidecar is written beside it.
        profile: The smallest, the usual and the largest batch.
        package: `tensorrt` or `tensorrt_rtx`.
        targets: GPUs to build for, such as `('86', '89')` (TensorRT-RTX only; it needs
            no GPU then). The GPU at hand by default.
        timing_cache: A folder for what the builder measured on this GPU, so that the
            next build is quick.

    Returns:
        The sidecar's content.

    Raises:
        ImportError: If the package is not installed.
        FileNotFoundError: If there is no such ONNX file.
        ValueError: If it is not one of mmfsa's, if TensorRT can't parse or build it
            (the message has all its errors), if the network's precision is not the
            file's, or if there is no GPU and no target.
    """
    trt = import_package(package)
    card = ModelCard.read(onnx)
    _check_profile(profile)
    if targets and package != 'tensorrt_rtx':
        raise ValueError(
            'targets are for tensorrt-rtx; tensorrt builds for its own GPU'
        )
    gpu = None if targets else _gpu_name()

    builder = trt.Builder(trt.Logger(trt.Logger.WARNING))
    network, _parser = parse(trt, builder, onnx)
    walked = walk(network)
    check_precision(walked, card.precision, onnx)

    config = builder.create_builder_config()
    # TensorFloat-32 keeps 10 bits of a number's 23.
    config.clear_flag(trt.BuilderFlag.TF32)
    if targets:
        config.num_compute_capabilities = len(targets)
        for i, target in enumerate(targets):
            config.set_compute_capability(_compute_capability(trt, target), i)
    config.add_optimization_profile(_profile(builder, network, profile))

    sidecar = dict(
        card=card.to_dict(),
        onnx=os.path.relpath(onnx, Path(path).parent),
        onnx_sha256=sha256(onnx),
        package=package,
        version=trt.__version__,
        gpu=gpu,
        targets=list(targets),
        profile=list(profile),
        network=walked,
    )
    cache = TimingCache(timing_cache, sidecar) if timing_cache else None
    if cache:
        cache.load_into(config)
    engine = builder.build_serialized_network(network, config)
    if engine is None:
        raise ValueError(f'{package} could not build {onnx}; its reasons are above')
    with replacing(path) as temporary:
        temporary.write_bytes(bytes(engine))
        sidecar['engine_sha256'] = sha256(temporary)
    write_json(sidecar, sidecar_path(path))
    if cache:
        cache.save_from(config)
    return sidecar


def _gpu_name() -> str:
    from .cuda import Cuda

    return Cuda().device_name()


def load_engine(path: str | Path, trt: ModuleType, cuda: 'Cuda') -> tuple[object, dict]:
    """Deserialise an engine, and read its sidecar.

    Raises:
        FileNotFoundError: If the engine or its sidecar is missing.
        ValueError: If the engine is damaged, or if it was built by another version, for
            another GPU, or from an ONNX file that has changed since.
    """
    path = Path(path)
    sidecar = read_sidecar(path)
    again = f'build it again from {sidecar["onnx"]}'
    if sha256(path) != sidecar['engine_sha256']:
        raise ValueError(f'{path} is damaged: it is not what was built; {again}')
    onnx = path.parent / sidecar['onnx']
    if onnx.is_file() and sha256(onnx) != sidecar['onnx_sha256']:
        raise ValueError(f'{path} is stale: {onnx} has changed since; {again}')
    built, here = (
        f'{package} {version}'
        for package, version in (
            (sidecar['package'], sidecar['version']),
            (trt.__name__, trt.__version__),
        )
    )
    if built != here:
        raise ValueError(f'{path} was built by {built}, this is {here}; {again}')
    if sidecar['gpu'] not in (None, cuda.device_name()):
        raise ValueError(
            f'{path} was built on a {sidecar["gpu"]}, this is a {cuda.device_name()}; '
            f'{again}'
        )
    runtime = trt.Runtime(trt.Logger(trt.Logger.WARNING))
    engine = runtime.deserialize_cuda_engine(path.read_bytes())
    if engine is None:
        targets = ', '.join(f'SM{target}' for target in sidecar['targets'])
        raise ValueError(
            f'{here} cannot load {path}, built for {targets or sidecar["gpu"]}, on a '
            f'{cuda.device_name()}; {again}'
        )
    return engine, sidecar


def sidecar_path(path: str | Path) -> Path:
    return Path(f'{path}.json')


def read_sidecar(path: str | Path) -> dict:
    """What lies beside an engine.

    Raises:
        FileNotFoundError: If the engine or its sidecar is missing.
        ValueError: If mmfsa did not write that sidecar.
    """
    sidecar = sidecar_path(path)
    for file in (Path(path), sidecar):
        if not file.is_file():
            raise FileNotFoundError(
                f'there is no {file}: `mmfsa engine` writes an engine '
                'and the JSON file beside it'
            )
    try:
        content = read_json(sidecar)
    except ValueError as e:
        raise ValueError(f'{e}: build the engine again') from e
    if not isinstance(content, dict) or NEEDED.keys() - {*content}:
        raise ValueError(f'{sidecar} was not written by `mmfsa engine`')
    wrong = [
        name for name, kind in NEEDED.items() if not isinstance(content[name], kind)
    ]
    profile, targets = content['profile'], content['targets']
    if not wrong and [*map(type, profile)] != [int] * 3:
        wrong = ['profile']
    if not wrong and any(not isinstance(target, str) for target in targets):
        wrong = ['targets']
    if wrong:
        raise ValueError(f'{sidecar} is damaged at {wrong[0]}: build the engine again')
    return content


def parse(trt: ModuleType, builder, onnx: str | Path):
    """Parse an ONNX file into a strongly typed network.

    Returns:
        The network, and the parser, which owns what the network refers to.

    Raises:
        ValueError: If it can't be parsed; the message has every error.
    """
    strongly_typed = 1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED)
    network = builder.create_network(strongly_typed)
    parser = trt.OnnxParser(network, builder.logger)
    if not parser.parse(Path(onnx).read_bytes()):
        errors = [str(parser.get_error(i)) for i in range(parser.num_errors)]
        raise ValueError('\n  '.join([f'{trt.__name__} cannot parse {onnx}:', *errors]))
    return network, parser


def walk(network) -> dict:
    """What a network is made of.

    Returns:
        `layers`, their number; `types`, for convolutions and for matrix products the
        number that compute in each type, INT8 where their weights are quantised.
    """
    layers = [network.get_layer(i) for i in range(network.num_layers)]
    quantised = {
        layer.get_output(0).name for layer in layers if layer.type.name == 'DEQUANTIZE'
    }
    types = {'CONVOLUTION': Counter(), 'MATRIX_MULTIPLY': Counter()}
    for layer in layers:
        if layer.type.name in types:
            weights = layer.get_input(1)  # None where they are constants
            int8 = weights is not None and weights.name in quantised
            types[layer.type.name][
                'INT8' if int8 else layer.get_output_type(0).name
            ] += 1
    return dict(layers=len(layers), types=types)


def check_precision(walked: dict, precision: str, onnx: str | Path) -> None:
    """Prove that a network computes in the precision that its file claims.

    The convolutions tell: of the matrix products some stay in float32 in any precision.
    In int8 some convolutions do, too.

    Raises:
        ValueError: If it doesn't.
    """
    found = {*walked['types']['CONVOLUTION']}
    if precision == 'int8':
        found.discard('FLOAT')
    if found != {NAMES[precision]}:
        raise ValueError(
            f'{onnx} claims to be {precision}, but the convolutions of its network are '
            f'{dict(walked["types"]["CONVOLUTION"])}: no engine is built from it'
        )


def _check_profile(profile: Profile) -> None:
    smallest, usual, largest = profile
    if not 1 <= smallest <= usual <= largest:
        raise ValueError(f'the profile must be 1 <= MIN <= OPT <= MAX, got {profile}')


def _profile(builder, network, batches: Profile):
    images = network.get_input(0)
    profile = builder.create_optimization_profile()
    profile.set_shape(images.name, *((n, *tuple(images.shape)[1:]) for n in batches))
    return profile


def _compute_capability(trt: ModuleType, target: str):
    try:
        return getattr(trt.ComputeCapability, f'SM{target}')
    except AttributeError as e:
        known = [name for name in vars(trt.ComputeCapability) if name.startswith('SM')]
        raise ValueError(
            f'{trt.__name__} {trt.__version__} builds for {", ".join(known)}, not for '
            f'SM{target}'
        ) from e


class TimingCache:
    """What a builder measured, kept for the next build of the same engine.

    Args:
        folder: Where the caches are.
        sidecar: The sidecar of the engine to be built. The name has all that timings
            depend on.
    """

    def __init__(self, folder: str | Path, sidecar: dict) -> None:
        parts = ('onnx_sha256', 'package', 'version', 'gpu', 'targets', 'profile')
        key = json.dumps([sidecar[part] for part in parts]).encode()
        self.path = Path(folder) / f'{hashlib.sha256(key).hexdigest()[:16]}.timing'

    def load_into(self, config) -> None:
        known = self.path.read_bytes() if self.path.is_file() else b''
        config.set_timing_cache(
            config.create_timing_cache(known), ignore_mismatch=False
        )

    def save_from(self, config) -> None:
        with replacing(self.path) as temporary:
            temporary.write_bytes(bytes(config.get_timing_cache().serialize()))
