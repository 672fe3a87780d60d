"""How fast a model is, and how fast it is once deployed: all side by side in one run.

On the CPU with one thread and with all, torch, ONNX Runtime and OpenVINO take turns, so
that whatever else the machine does disturbs all of them alike. ResNet-50 at 224x224, the
backbone of many head pose estimators, is there to compare with. On a GPU torch and the
engines are timed, by CUDA events.
"""

import logging
import platform
import resource
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from os import cpu_count
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
from mmcv.cnn import ResNet
from mmengine import Config

from mmfsa import zoo
from mmfsa.engine import save_checkpoint
from mmfsa.evaluation.tables import format_table
from mmfsa.evaluation.turns import Run, measure, warn_if_loaded
from mmfsa.inputs import InputSpec
from mmfsa.models.size import measure_size
from mmfsa.registry import MODELS
from mmfsa.utils.files import temporary_folder
from mmfsa.utils.progress import track
from mmfsa.visualization.plots import panels, save_figure

from .backends import Backend, backends_of, build_backend
from .backends.torch_backend import AUTOCAST, TorchBackend
from .card import ModelCard, pack_crops
from .cuda import Cuda
from .deployed_model import DeployedModel
from .export import write_onnx
from .lean import deployment_steps, for_deployment

PACKAGES = (
    'mmfsa',
    'torch',
    'onnxruntime',
    'openvino',
    'tensorrt',
    'tensorrt-rtx-cu13',
)
CPU_BATCHES = 1, 64
GPU_BATCHES = 1, 16, 256, 4096
TIMES = 'best', 'p50', 'p95', 'p99'


def time_on_cpu(
    model: nn.Module,
    card: ModelCard,
    files: Iterable[Path] = (),
    batch_sizes: Sequence[int] | None = None,
    rounds: int = 50,
) -> list[dict]:
    """Time a model and its files on the CPU, with one thread and with all.

    Args:
        model: An estimator with its weights.
        card: What it takes.
        files: ONNX files of it.
        batch_sizes: Faces a call; 1 and 64 by default.
        rounds: How often each has its turn.

    Returns:
        The rows of :func:`measure`, with the number of threads.
    """
    warn_if_loaded()
    rows = []
    for threads in sorted({1, cpu_count()}):
        torch.set_num_threads(threads)
        for batch_size in batch_sizes or CPU_BATCHES:
            runs = _cpu_runs(model, files, card, batch_size, threads)
            measured = measure(runs, batch_size, rounds)
            rows += [dict(threads=threads) | row for row in measured]
    return rows


def time_on_gpu(
    model: nn.Module,
    card: ModelCard,
    files: Iterable[Path] = (),
    batch_sizes: Sequence[int] | None = None,
    rounds: int = 50,
) -> list[dict]:
    """Time a model and its files on the GPU: the arguments of :func:`time_on_cpu`.

    Args:
        model: An estimator with its weights.
        card: What it takes.
        files: ONNX files and engines of it.
        batch_sizes: Faces a call; 1, 16, 256 and 4096 by default.
        rounds: How often each has its turn.

    Returns:
        The rows of :func:`measure`.
    """
    cuda = Cuda()
    rows = []
    for batch_size in batch_sizes or GPU_BATCHES:
        runs = _gpu_runs(model, files, card, batch_size)
        rows += measure(runs, batch_size, rounds, cuda.milliseconds)
    return rows


def time_steps(
    model: nn.Module,
    card: ModelCard,
    batch_sizes: Sequence[int] | None = None,
    rounds: int = 50,
) -> list[dict]:
    """Time what each simplification of the exported graph gives in ONNX Runtime.

    Args:
        model: An estimator with its weights.
        card: What it takes.
        batch_sizes: Faces a call; 1 and 64 by default.
        rounds: How often each has its turn.

    Returns:
        The rows of :func:`measure`.
    """
    rows = []
    with temporary_folder() as folder:
        steps = _exported_steps(model, card, Path(folder))
        for batch_size in batch_sizes or CPU_BATCHES:
            rows += measure(onnx_runs(steps, batch_size), batch_size, rounds)
    return rows


def benchmark_zoo(experiments: Iterable[str], rounds: int = 50) -> dict:
    """Measure the size, the work and the speed of networks of the zoo, all in one run.

    They are timed on one thread, in ONNX Runtime, as they are exported. Their weights
    are random, which does not change the work.

    Args:
        experiments: Their names; experiments of the same network are measured once.
        rounds: How often each network has its turn with one face; with many faces, whose
            calls take long, a tenth as often.

    Returns:
        The `cpu`, the version of `onnxruntime`, and `networks` by their names: `input`
        in words, `parameters`, `multiply_adds` and `bytes` (see
        :func:`~mmfsa.models.size.measure_size`), `onnx_bytes` of the exported file, the
        median `milliseconds` of one face, and `milliseconds_of_64` faces together.
    """
    configs = {zoo.network_of(name): zoo.get_config(name) for name in experiments}
    networks = measure_networks(configs, rounds)
    return dict(cpu=cpu_name(), onnxruntime=version('onnxruntime'), networks=networks)


def measure_networks(
    configs: Mapping[str, Config], rounds: int = 50
) -> dict[str, dict]:
    """The size, the work and the speed of networks, all in one run.

    Args:
        configs: Their experiments, by the networks' names.
        rounds: See :func:`benchmark_zoo`.

    Returns:
        The `networks` of :func:`benchmark_zoo`.
    """
    one, many = CPU_BATCHES
    measured = {}
    with temporary_folder() as folder:
        paths = {name: Path(folder) / f'{name}.onnx' for name in configs}
        for network, cfg in track(configs.items(), 'exporting'):
            spec = InputSpec.from_dict(cfg.model.get('inputs'))
            measured[network] = dict(
                input='{}x{} {}'.format(*spec.size, spec.color),
                **measure_size(cfg.model, spec.size[::-1]),
            )
            _export(cfg, paths[network])
            measured[network]['onnx_bytes'] = paths[network].stat().st_size
        for key, num, turns in (
            ('milliseconds', one, rounds),
            (f'milliseconds_of_{many}', many, max(rounds // 10, 1)),
        ):
            for row in measure(onnx_runs(paths, num), num, turns):
                measured[row['model']][key] = round(row['p50'], 2)
    return measured


def _export(cfg: Config, path: Path) -> None:
    model = MODELS.build(cfg.model).eval()
    checkpoint = path.with_suffix('.pth')
    save_checkpoint(dict(state_dict=model.state_dict(), meta={}), checkpoint)
    card = ModelCard.of(model, path.stem, checkpoint)
    write_onnx(DeployedModel(for_deployment(model)), path, card)


def onnx_runs(paths: dict[str, Path], batch_size: int) -> dict[str, Run]:
    """A call of each ONNX file on one thread, with as many of the crops that it takes.

    Args:
        paths: The files, by the names that their rows get.
        batch_size: Faces a call.
    """
    runs = {}
    for name, path in paths.items():
        backend = build_backend('onnxruntime', path, threads=1)
        runs[name] = _backend_run(backend, _random_crops(backend.card, batch_size))
    return runs


def _random_crops(card: ModelCard, num: int) -> np.ndarray:
    shape = (num, card.height, card.width, card.inputs.planes)
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def timing_table(rows: list[dict]) -> str:
    """The milliseconds a call of everything, as a table."""
    return format_table(
        ['model', 'threads', 'batch', *TIMES, 'p50 an image', 'images/s'],
        (
            [
                row['model'],
                str(row.get('threads', '')),
                str(row['batch_size']),
                *(f'{row[q]:.3f}' for q in TIMES),
                f'{row["p50"] / row["batch_size"]:.3f}',
                f'{row["images_per_second"]:.0f}',
            ]
            for row in rows
        ),
    )


def plot_timing(rows: list[dict], path: Path) -> None:
    """The milliseconds an image of everything, a panel for each batch size."""
    batch_sizes = sorted({row['batch_size'] for row in rows})
    figure, grid = panels(1, len(batch_sizes), width=6, height=4)
    for axes, batch_size in zip(grid[0], batch_sizes, strict=True):
        bars = {
            f'{row["model"]}, {row["threads"]} threads'
            if row.get('threads', 1) > 1
            else row['model']: row['p50'] / batch_size
            for row in rows
            if row['batch_size'] == batch_size
        }
        axes.barh([*bars], [*bars.values()])
        axes.invert_yaxis()
        axes.set_xscale('log')
        axes.set_xlabel('milliseconds an image')
        axes.set_title(f'batch of {batch_size}')
    save_figure(figure, path)


def describe_machine(on_gpu: bool = False) -> dict:
    """What timing depends on: the device, its memory's peak, and versions."""
    versions = {'python': platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = None
    return dict(
        device=Cuda().device_name() if on_gpu else cpu_name(),
        peak_memory_bytes=Cuda().peak_memory() if on_gpu else _peak_memory(),
        versions=versions,
    )


def cpu_name() -> str:
    """The number of this machine's cores, and what they are."""
    path = Path('/proc/cpuinfo')  # of Linux only
    lines = path.read_text().splitlines() if path.is_file() else ()
    names = [
        line.partition(':')[2].strip()
        for line in lines
        if line.startswith('model name')
    ]
    return f'{cpu_count()} cores of {(*names, platform.machine())[0]}'


def _peak_memory() -> int:
    """Bytes of this process, with all that it has timed."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _cpu_runs(
    model: nn.Module,
    files: Iterable[Path],
    card: ModelCard,
    batch_size: int,
    threads: int,
) -> dict[str, Run]:
    torch.compiler.reset()  # each batch size compiles anew, and torch counts them
    crops = _random_crops(card, batch_size)
    images = torch.from_numpy(
        pack_crops(crops, 'NCHW', 'float32', card.inputs.planes)['images']
    )
    images = model.data_preprocessor.normalize(images)
    runs = {
        'torch, contiguous': lambda: _contiguous_pass(model, images),
        'torch, channels last': lambda: model(images),
        'torch, for deployment': _backend_run(build_backend('torch', model), crops),
        'torch-compile': _backend_run(build_backend('torch-compile', model), crops),
    }
    for path in files:
        for name in ('onnxruntime', 'openvino'):
            try:
                backend = build_backend(name, path, threads=threads)
            except ImportError as e:
                logging.getLogger(__name__).warning('without %s: %s', name, e)
                continue
            runs[f'{name}, {path.name}'] = _backend_run(backend, crops)
    return runs | (_resnet50_runs() if batch_size == 1 else {})


def _gpu_runs(
    model: nn.Module, files: Iterable[Path], card: ModelCard, batch_size: int
) -> dict[str, Run]:
    torch.compiler.reset()
    crops = _random_crops(card, batch_size)
    ways = dict(eager={}, compiled=dict(compiled=True), graph=dict(cuda_graphs=True))
    runs = {
        f'torch, {way}, {precision}': _backend_run(
            TorchBackend(model, 'cuda', precision, **options), crops, 'cuda'
        )
        for way, options in ways.items()
        for precision in AUTOCAST
    }
    for path in files:
        for name in backends_of(path):
            options = dict(device='cuda') if name == 'onnxruntime' else {}
            backend = build_backend(name, path, **options)
            runs[f'{name}, {path.name}'] = _backend_run(backend, crops, 'cuda')
    return runs


def _backend_run(backend: Backend, crops: np.ndarray, device: str = 'cpu') -> Run:
    """One call, with the images already where and as the model takes them."""
    inputs = pack_crops(crops, backend.layout, backend.dtype, backend.planes)
    if device != 'cpu':
        inputs = {k: torch.from_numpy(v).to(device) for k, v in inputs.items()}
    return lambda: backend(inputs)


def _contiguous_pass(model: nn.Module, images: torch.Tensor) -> None:
    """What the estimators do, without their change of the memory format."""
    for part in getattr(model, 'estimators', [model]):
        features = part.backbone(images)
        if part.neck is not None:
            features = part.neck(features)
        part.head.decode(part.head(features))


def _resnet50_runs() -> dict[str, Run]:
    model = ResNet(50, out_indices=(3,))
    model.eval()  # which returns nothing in mmcv
    images = torch.rand(1, 3, 224, 224).contiguous(memory_format=torch.channels_last)
    return {'torch, ResNet-50 at 224x224': lambda: model(images)}


def _exported_steps(model: nn.Module, card: ModelCard, folder: Path) -> dict[str, Path]:
    """The exported model, as it is and after each of :func:`deployment_steps`."""
    paths = {'as it is': folder / '0.onnx'}
    write_onnx(DeployedModel(model), paths['as it is'], card)
    for i, (name, lean) in enumerate(deployment_steps(model), 1):
        paths[name] = folder / f'{i}.onnx'
        write_onnx(DeployedModel(lean), paths[name], card)
    return paths
