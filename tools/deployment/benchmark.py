"""How fast is a model, and how fast is it once deployed? All side by side in one run.

    python tools/deployment/benchmark.py configs/fsa_caps_1x1_p1.py CHECKPOINT \
        MODEL.onnx MODEL_int8.onnx --out benchmark.json --plot benchmark.png

On the CPU with one thread and with all, torch, ONNX Runtime and OpenVINO take turns, so
that whatever else the machine does disturbs all of them alike; ResNet-50 at 224x224, the
backbone of many head pose estimators, is there to compare with. Where there is a GPU,
torch and the engines are timed there, by CUDA events. With --steps, instead, what each
simplification of the exported graph gives in ONNX Runtime.
"""

import argparse
import platform
import resource
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from os import cpu_count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import torch
import torch.nn as nn
from _model import add_model_arguments, load_model
from mmcv.cnn import ResNet
from rich.progress import track

from mmfsa.deploy import Backend, ModelCard, build_backend
from mmfsa.deploy.backends import backends_of
from mmfsa.deploy.backends.torch_backend import AUTOCAST, TorchBackend
from mmfsa.deploy.card import pack_crops
from mmfsa.deploy.cuda import Cuda
from mmfsa.deploy.deployed_model import DeployedModel
from mmfsa.deploy.export import write_onnx
from mmfsa.deploy.lean import deployment_steps
from mmfsa.evaluation.tables import format_table
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors
from mmfsa.utils.files import write_json
from mmfsa.visualization.plots import panels, save_figure

PACKAGES = (
    'mmfsa',
    'torch',
    'onnxruntime',
    'openvino',
    'tensorrt',
    'tensorrt-rtx-cu13',
)
MILLISECONDS_A_ROUND = 20
WARM_UP = 3
TIMES = 'best', 'p50', 'p95', 'p99'

Run = Callable[[], object]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_model_arguments(parser)
    parser.add_argument('files', type=Path, nargs='*', help='.onnx and .engine files')
    parser.add_argument(
        '--batch-sizes', type=int, nargs='+', help='1 and 64; on a GPU 1, 16, 256, 4096'
    )
    parser.add_argument('--rounds', type=int, default=50)
    parser.add_argument('--device', choices=('cpu', 'cuda'), default='cpu')
    parser.add_argument(
        '--steps', action='store_true', help='time the simplifications of the graph'
    )
    parser.add_argument('--out', type=Path, metavar='JSON')
    parser.add_argument('--plot', type=Path, metavar='PNG')
    args = parser.parse_args()

    register_all_modules()
    with clear_errors(), TemporaryDirectory() as scratch:
        cfg, model = load_model(args)
        card = ModelCard.of(cfg, args.checkpoint)
        rows = []
        if args.device == 'cuda':
            cuda = Cuda()
            for batch_size in args.batch_sizes or (1, 16, 256, 4096):
                runs = gpu_runs(model, args.files, card, batch_size)
                rows += measure(runs, batch_size, args.rounds, cuda.milliseconds)
        elif args.steps:
            steps = exported_steps(model, card, Path(scratch))
            for batch_size in args.batch_sizes or (1, 64):
                runs = onnx_runs(steps, card, batch_size)
                rows += measure(runs, batch_size, args.rounds)
        else:
            for threads in sorted({1, cpu_count()}):
                torch.set_num_threads(threads)
                for batch_size in args.batch_sizes or (1, 64):
                    runs = cpu_runs(model, args.files, card, batch_size, threads)
                    measured = measure(runs, batch_size, args.rounds)
                    rows += [dict(threads=threads) | row for row in measured]
    show(rows)
    if args.plot:
        plot(rows, args.plot)
    if args.out:
        write_json(describe(args, card, rows), args.out)


def cpu_runs(
    model: nn.Module, files: list[Path], card: ModelCard, batch_size: int, threads: int
) -> dict[str, Run]:
    torch.compiler.reset()  # each batch size compiles anew, and torch counts them
    crops = random_crops(card, batch_size)
    images = torch.from_numpy(pack_crops(crops, 'NCHW', 'float32')['images'])
    runs = {
        'torch, contiguous': lambda: contiguous_pass(model, images),
        'torch, channels last': lambda: model(images),
        'torch, for deployment': backend_run(build_backend('torch', model), crops),
        'torch-compile': backend_run(build_backend('torch-compile', model), crops),
    }
    for path in files:
        for name in ('onnxruntime', 'openvino'):
            try:
                backend = build_backend(name, path, threads=threads)
            except ImportError as e:
                print(f'without {name}: {e}')
                continue
            runs[f'{name}, {path.name}'] = backend_run(backend, crops)
    return runs | (resnet50_runs() if batch_size == 1 else {})


def gpu_runs(
    model: nn.Module, files: list[Path], card: ModelCard, batch_size: int
) -> dict[str, Run]:
    torch.compiler.reset()
    crops = random_crops(card, batch_size)
    ways = dict(eager={}, compiled=dict(compiled=True), graph=dict(cuda_graphs=True))
    runs = {
        f'torch, {way}, {precision}': backend_run(
            TorchBackend(model, 'cuda', precision, **options), crops, 'cuda'
        )
        for way, options in ways.items()
        for precision in AUTOCAST
    }
    for path in files:
        for name in backends_of(path):
            options = dict(device='cuda') if name == 'onnxruntime' else {}
            backend = build_backend(name, path, **options)
            runs[f'{name}, {path.name}'] = backend_run(backend, crops, 'cuda')
    return runs


def backend_run(backend: Backend, crops: np.ndarray, device: str = 'cpu') -> Run:
    """One call, with the images already where and as the model takes them."""
    inputs = pack_crops(crops, backend.layout, backend.dtype)
    if device != 'cpu':
        inputs = {k: torch.from_numpy(v).to(device) for k, v in inputs.items()}
    return lambda: backend(inputs)


def contiguous_pass(model: nn.Module, images: torch.Tensor) -> None:
    """What the estimators do, without their change of the memory format."""
    for part in getattr(model, 'estimators', [model]):
        part.head(part.neck(part.backbone(images)))


def resnet50_runs() -> dict[str, Run]:
    model = ResNet(50, out_indices=(3,))
    model.eval()  # which returns nothing in mmcv
    images = torch.rand(1, 3, 224, 224).contiguous(memory_format=torch.channels_last)
    return {'torch, ResNet-50 at 224x224': lambda: model(images)}


def exported_steps(model: nn.Module, card: ModelCard, folder: Path) -> dict[str, Path]:
    """The exported model, as it is and after each of :func:`deployment_steps`."""
    paths = {'as it is': folder / '0.onnx'}
    write_onnx(DeployedModel(model), paths['as it is'], card)
    for i, (name, lean) in enumerate(deployment_steps(model), 1):
        paths[name] = folder / f'{i}.onnx'
        write_onnx(DeployedModel(lean), paths[name], card)
    return paths


def onnx_runs(
    paths: dict[str, Path], card: ModelCard, batch_size: int
) -> dict[str, Run]:
    crops = random_crops(card, batch_size)
    return {
        name: backend_run(build_backend('onnxruntime', path, threads=1), crops)
        for name, path in paths.items()
    }


def random_crops(card: ModelCard, num: int) -> np.ndarray:
    shape = (num, card.height, card.width, 3)
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def milliseconds(run: Run) -> float:
    start = perf_counter()
    run()
    return (perf_counter() - start) * 1e3


@torch.inference_mode()
def measure(
    runs: dict[str, Run],
    batch_size: int,
    rounds: int,
    timer: Callable[[Run], float] = milliseconds,
) -> list[dict]:
    """Let all take turns; the latency of their calls, and what it means in images/s."""
    times = {label: [] for label in runs}
    for run in runs.values():
        for _ in range(WARM_UP):
            run()
    for _ in track(range(rounds), f'batch {batch_size}'):
        for label, run in runs.items():
            run()  # the one before has left its data in the caches
            spent = 0.0
            while spent < MILLISECONDS_A_ROUND:
                times[label].append(timer(run))
                spent += times[label][-1]
    return [
        dict(model=label, batch_size=batch_size, calls=len(calls))
        | dict(best=min(calls))
        | {f'p{q}': float(np.percentile(calls, q)) for q in (50, 95, 99)}
        | dict(images_per_second=batch_size / float(np.median(calls)) * 1e3)
        for label, calls in times.items()
    ]


def show(rows: list[dict]) -> None:
    print('Milliseconds a call')
    print(
        format_table(
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
    )


def plot(rows: list[dict], path: Path) -> None:
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


def describe(args: argparse.Namespace, card: ModelCard, rows: list[dict]) -> dict:
    versions = {'python': platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = None
    on_gpu = args.device == 'cuda'
    return dict(
        config=card.config,
        device=Cuda().device_name() if on_gpu else cpu_name(),
        peak_memory_bytes=Cuda().peak_memory() if on_gpu else peak_memory(),
        file_bytes={path.name: path.stat().st_size for path in args.files},
        versions=versions,
        rows=rows,
    )


def cpu_name() -> str:
    names = [
        line.partition(':')[2].strip()
        for line in Path('/proc/cpuinfo').read_text().splitlines()
        if line.startswith('model name')
    ]
    return f'{len(names)} cores of {names[0]}'


def peak_memory() -> int:
    """Of this process, with all that it has timed."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == '__main__':
    main()
