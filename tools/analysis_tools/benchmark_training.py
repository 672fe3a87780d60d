"""Does the loader starve the model? Images per second, side by side in one run, of

(a) a bare PyTorch loop on random tensors, with the config's model and optimiser;
(b) the config's data loader alone;
(c) the runner as tools/train.py starts it, with loader, hooks and logs.

    python tools/analysis_tools/benchmark_training.py configs/fsa_caps_1x1_p1.py \\
        --batch-sizes 16 256 [--data-root data | --random-images 4096]

Without --data-root the loader reads random crops, as many as --random-images, through
the config's augmentation; on a GPU try --augment-on-device, too. The rounds of (a), (b)
and (c) take turns; the table shows their medians and the median of the rounds' ratio
(c)/(a).
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from mmengine import Config
from mmengine.device import get_device
from mmengine.hooks import Hook
from mmengine.optim import build_optim_wrapper
from mmengine.runner import Runner
from rich.console import Console
from rich.table import Table

from mmfsa.engine.runs import augment_on_device, set_data_root
from mmfsa.registry import MODELS
from mmfsa.structures import HeadPoseDataSample
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import add_augment_on_device, clear_errors
from mmfsa.utils.files import write_json
from mmfsa.utils.memory import keep_freed_memory

WARM_UP = 5


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config')
    parser.add_argument('--batch-sizes', type=int, nargs='+', default=[16, 256])
    parser.add_argument(
        '--images', type=int, default=2048, help='trained on per round and batch size'
    )
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--workers', type=int, help="of the loader; the config's")
    parser.add_argument('--threads', type=int, help='of torch; its own choice')
    add_augment_on_device(parser)
    parser.add_argument('--data-root', metavar='DIR')
    parser.add_argument('--random-images', type=int, default=4096, metavar='N')
    parser.add_argument(
        '--schedule',
        type=int,
        nargs=2,
        metavar=('EPOCHS', 'IMAGES'),
        help='also print how long (c) would take for so many epochs of so many images',
    )
    parser.add_argument('--out', type=Path, metavar='JSON')
    args = parser.parse_args()

    keep_freed_memory()  # as tools/train.py does; (a) has it too
    register_all_modules()
    if args.threads:
        torch.set_num_threads(args.threads)
    rows = []
    with tempfile.TemporaryDirectory() as scratch, clear_errors():
        cfg = Config.fromfile(args.config)
        cfg.load_from = None  # other weights are no faster
        if args.data_root:
            set_data_root(cfg, args.data_root)
        else:
            use_random_images(cfg, args.random_images, Path(scratch))
        if args.workers is not None:
            cfg.train_dataloader.num_workers = args.workers
            cfg.train_dataloader.persistent_workers = args.workers > 0
        if args.augment_on_device:
            augment_on_device(cfg)
        torch.backends.cudnn.benchmark = cfg.env_cfg.cudnn_benchmark  # for (a), too
        for batch_size in args.batch_sizes:
            cfg.train_dataloader.batch_size = batch_size
            iterations = max(args.images // batch_size, 8)
            rounds = [
                (
                    bare_loop(cfg, iterations),
                    loader_alone(cfg, iterations),
                    runner(cfg, iterations, Path(scratch)),
                )
                for _ in range(args.rounds)
            ]
            rows.append(summarise(batch_size, rounds))
            show(rows, args)  # a large batch takes long, and may be interrupted
    if args.out:
        content = dict(
            config=args.config,
            device=get_device(),
            torch=torch.__version__,
            threads=torch.get_num_threads(),
            workers=cfg.train_dataloader.num_workers,
            augment_on_device=args.augment_on_device,
            rows=rows,
        )
        write_json(content, args.out)


def use_random_images(cfg: Config, num: int, folder: Path) -> None:
    """Let the training set be random crops, augmented as the config says."""
    rng = np.random.RandomState(0)
    np.savez(
        folder / 'random.npz',
        image=rng.randint(0, 256, (num, 64, 64, 3), np.uint8),
        pose=rng.uniform(-99, 99, (num, 3)),
    )
    dataset = cfg.train_dataloader.dataset
    while 'datasets' in dataset:
        dataset = dataset.datasets[0]
    cfg.train_dataloader.dataset = dict(
        type='HeadPoseDataset',
        ann_file=str(folder / 'random.npz'),
        pipeline=[t for t in dataset.pipeline if not makes_crops(t)],
    )


def makes_crops(transform: dict) -> bool:
    choices = transform.get('transforms', [])
    return transform['type'] in ('CropFace', 'HideEars') or any(
        makes_crops(inner) for branch in choices for inner in branch
    )


def images_per_second(step: Callable, iterations: int, batch_size: int) -> float:
    for _ in range(WARM_UP):
        step()
    synchronise()
    start = time.perf_counter()
    for _ in range(iterations):
        step()
    synchronise()
    return iterations * batch_size / (time.perf_counter() - start)


def synchronise() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def bare_loop(cfg: Config, iterations: int) -> float:
    batch_size = cfg.train_dataloader.batch_size
    device = get_device()
    model = MODELS.build(cfg.model).to(device).train()
    optimiser = build_optim_wrapper(model, cfg.optim_wrapper).optimizer
    images = torch.rand(batch_size, 3, 64, 64, device=device) * 255
    images = images.contiguous(memory_format=torch.channels_last)
    samples = [
        HeadPoseDataSample(gt_pose=pose)
        for pose in np.random.uniform(-60, 60, (batch_size, 3)).astype(np.float32)
    ]

    def step():
        loss, _ = model.parse_losses(model(images, samples, mode='loss'))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    return images_per_second(step, iterations, batch_size)


def loader_alone(cfg: Config, iterations: int) -> float:
    loader = Runner.build_dataloader(cfg.train_dataloader, seed=0)
    if len(loader) == 0:
        raise ValueError('the training set is smaller than a batch: --random-images')
    batches = endless(loader)
    return images_per_second(
        lambda: next(batches), iterations, cfg.train_dataloader.batch_size
    )


def endless(loader):
    while True:
        yield from loader


class StopWatch(Hook):
    """Times the runner's iterations after the first few."""

    def __init__(self, iterations: int) -> None:
        self.last = WARM_UP + iterations
        self.seconds = 0.0

    def after_train_iter(self, runner, *_, **__):
        if runner.iter + 1 == WARM_UP:
            synchronise()
            self.start = time.perf_counter()
        elif runner.iter + 1 == self.last:
            synchronise()
            self.seconds = time.perf_counter() - self.start
            runner.train_loop.stop_training = True


def runner(cfg: Config, iterations: int, folder: Path) -> float:
    cfg = cfg.copy()
    cfg.work_dir = str(folder / 'work')
    cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    cfg.test_cfg = cfg.test_dataloader = cfg.test_evaluator = None
    cfg.log_level = 'ERROR'
    cfg.experiment_name = f'{time.time_ns()}'
    watch = StopWatch(iterations)
    runner = Runner.from_cfg(cfg)
    runner.register_hook(watch, priority='LOWEST')
    per_epoch = len(runner.train_loop.dataloader)
    # As many epochs as it takes; nothing is written at their ends.
    runner.train_loop._max_epochs = -(-watch.last // per_epoch)
    runner._hooks = [h for h in runner.hooks if type(h).__name__ != 'CheckpointHook']
    runner.train()
    return iterations * cfg.train_dataloader.batch_size / watch.seconds


def summarise(batch_size: int, rounds: list[tuple[float, float, float]]) -> dict:
    bare, loader, run = (
        statistics.median(column) for column in zip(*rounds, strict=True)
    )
    ratio = statistics.median(r[2] / r[0] for r in rounds)
    return dict(
        batch_size=batch_size, bare=bare, loader=loader, runner=run, ratio=ratio
    )


def show(rows: list[dict], args: argparse.Namespace) -> None:
    table = Table(title=f'images per second, {args.config}, {get_device()}')
    columns = ['batch', '(a) bare loop', '(b) loader', '(c) tools/train.py', '(c)/(a)']
    if args.schedule:
        epochs, images = args.schedule
        columns.append(f'{epochs} epochs of {images}')
    for column in columns:
        table.add_column(column, justify='right')
    for row in rows:
        cells = [
            f'{row["batch_size"]}',
            *(f'{row[key]:.0f}' for key in ('bare', 'loader', 'runner')),
            f'{row["ratio"]:.2f}',
        ]
        if args.schedule:
            cells.append(f'{epochs * images / row["runner"] / 3600:.1f} h')
        table.add_row(*cells)
    Console().print(table)


if __name__ == '__main__':
    main()
