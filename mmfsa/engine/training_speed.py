"""Does the loader starve the model? Images per second, side by side in one run, of

(a) a bare PyTorch loop on random tensors, with the config's model and optimiser;
(b) the config's data loader alone;
(c) the runner as tools/train.py starts it, with loader, hooks and logs.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
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

from mmfsa.datasets.transforms import CropFace, HideEars
from mmfsa.inputs import InputSpec
from mmfsa.registry import MODELS, TRANSFORMS, is_type
from mmfsa.structures import HeadPoseDataSample
from mmfsa.utils.configs import load_config
from mmfsa.utils.files import temporary_folder, write_json
from mmfsa.utils.memory import keep_freed_memory

from .runs import augment_on_device as let_images_stay_on_device
from .runs import set_data_root

WARM_UP = 5
NEED_AN_IMAGE = CropFace, HideEars


def benchmark(
    config: str,
    batch_sizes: Sequence[int],
    images: int,
    rounds: int,
    workers: int | None,
    threads: int | None,
    augment_on_device: bool,
    data_root: str | None,
    random_images: int,
    schedule: tuple[int, int] | None,
    out: Path | None,
) -> None:
    """Print a table after each batch size: a large one takes long, and may be interrupted.

    Args:
        config: The experiment file.
        batch_sizes: See :func:`measure_training`, also for `images` and `rounds`.
        images: Images trained on per round and batch size.
        rounds: Rounds, of which the median counts.
        workers: Workers of the loader, in place of the config's.
        threads: Threads of torch, in place of its own choice.
        augment_on_device: Keep and augment the images where the model is.
        data_root: The folder of all data sets; without it the loader reads random crops.
        random_images: How many random crops.
        schedule: Epochs and images whose time is printed, too.
        out: A JSON file for the numbers.

    Raises:
        FileNotFoundError: The config or the training set is not there.
        ValueError: The training set is smaller than a batch, or a setting would change
            nothing.
    """
    if workers and augment_on_device:
        raise ValueError(
            f'--workers {workers} would change nothing, as --augment-on-device trains '
            'without workers: leave one of both out'
        )
    if threads:
        torch.set_num_threads(threads)
    cfg = load_config(config)
    set_data_root(cfg, data_root)
    if workers is not None:
        cfg.train_dataloader.num_workers = workers
        cfg.train_dataloader.persistent_workers = workers > 0
    rows = []
    for row in measure_training(
        *(cfg, batch_sizes, images, rounds),
        random_images=None if data_root else random_images,
        on_device=augment_on_device,
    ):
        rows.append(row)
        title = f'images per second, {config}, {get_device()}'
        Console().print(speed_table(rows, title, schedule))
    if out:
        content = dict(
            config=config,
            device=get_device(),
            torch=torch.__version__,
            threads=torch.get_num_threads(),
            workers=cfg.train_dataloader.num_workers,
            augment_on_device=augment_on_device,
            rows=rows,
        )
        write_json(content, out)


def measure_training(
    cfg: Config,
    batch_sizes: Sequence[int],
    images: int = 2048,
    rounds: int = 3,
    random_images: int | None = None,
    on_device: bool = False,
) -> Iterator[dict]:
    """Time a training, batch size by batch size; (a), (b) and (c) take turns.

    Args:
        cfg: The experiment.
        batch_sizes: The sizes of batches to try.
        images: Images trained on per round and batch size.
        rounds: Rounds, of which the median counts.
        random_images: Read so many random crops in place of the config's training set.
        on_device: Keep and augment the images where the model is.

    Yields:
        `batch_size`, images per second `bare`, `loader` and `runner`, and `ratio`, the
        median of the rounds' (c)/(a).

    Raises:
        FileNotFoundError: The training set is not there.
        ValueError: It is smaller than a batch.
    """
    keep_freed_memory()  # as tools/train.py does; (a) has it too
    cfg.load_from = None  # other weights are no faster
    torch.backends.cudnn.benchmark = cfg.env_cfg.cudnn_benchmark  # for (a), too
    with temporary_folder() as scratch:
        if random_images:
            use_random_images(cfg, random_images, Path(scratch))
        if on_device:
            let_images_stay_on_device(cfg)
        for batch_size in batch_sizes:
            cfg.train_dataloader.batch_size = batch_size
            iterations = max(images // batch_size, 8)
            measured = [
                (
                    bare_loop(cfg, iterations),
                    loader_alone(cfg, iterations),
                    runner(cfg, iterations, Path(scratch)),
                )
                for _ in range(rounds)
            ]
            yield summarise(batch_size, measured)


def use_random_images(cfg: Config, num: int, folder: Path) -> None:
    """Let the training set be random crops, augmented as the config says."""
    width, height = InputSpec.from_dict(cfg.model.get('inputs')).size
    rng = np.random.RandomState(0)
    np.savez(
        folder / 'random.npz',
        image=rng.randint(0, 256, (num, height, width, 3), np.uint8),
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
    """Whether a transform, or one within it, needs a whole image."""
    choices = transform.get('transforms', [])
    return any(is_type(transform, TRANSFORMS, kind) for kind in NEED_AN_IMAGE) or any(
        makes_crops(inner) for branch in choices for inner in branch
    )


def images_per_second(step: Callable, iterations: int, batch_size: int) -> float:
    """The speed of a step that takes a batch, after a few to warm up."""
    for _ in range(WARM_UP):
        step()
    synchronise()
    start = time.perf_counter()
    for _ in range(iterations):
        step()
    synchronise()
    return iterations * batch_size / (time.perf_counter() - start)


def synchronise() -> None:
    """Wait for the GPU, where there is one."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def bare_loop(cfg: Config, iterations: int) -> float:
    """Images per second of (a), a bare PyTorch loop on random tensors."""
    batch_size = cfg.train_dataloader.batch_size
    device = get_device()
    model = MODELS.build(cfg.model).to(device).train()
    optimiser = build_optim_wrapper(model, cfg.optim_wrapper).optimizer
    width, height = InputSpec.from_dict(cfg.model.get('inputs')).size
    images = torch.rand(batch_size, 3, height, width, device=device) * 255
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
    """Images per second of (b), the data loader alone."""
    loader = Runner.build_dataloader(cfg.train_dataloader, seed=0)
    if len(loader) == 0:
        raise ValueError('the training set is smaller than a batch: --random-images')
    batches = endless(loader)
    return images_per_second(
        lambda: next(batches), iterations, cfg.train_dataloader.batch_size
    )


def endless(loader: Iterable) -> Iterator:
    """Epoch after epoch of a loader."""
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
    """Images per second of (c), the runner with its loader, hooks and logs."""
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
    """The medians of rounds of (a), (b) and (c)."""
    bare, loader, run = (
        statistics.median(column) for column in zip(*rounds, strict=True)
    )
    ratio = statistics.median(r[2] / r[0] for r in rounds)
    return dict(
        batch_size=batch_size, bare=bare, loader=loader, runner=run, ratio=ratio
    )


def speed_table(
    rows: list[dict], title: str, schedule: tuple[int, int] | None = None
) -> Table:
    """The rows of :func:`measure_training` as a table for rich.

    Args:
        rows: The measurements.
        title: The title of the table.
        schedule: Epochs and images; the table says how long (c) would take for them.
    """
    table = Table(title=title)
    columns = ['batch', '(a) bare loop', '(b) loader', '(c) tools/train.py', '(c)/(a)']
    if schedule:
        epochs, images = schedule
        columns.append(f'{epochs} epochs of {images}')
    for column in columns:
        table.add_column(column, justify='right')
    for row in rows:
        cells = [
            f'{row["batch_size"]}',
            *(f'{row[key]:.0f}' for key in ('bare', 'loader', 'runner')),
            f'{row["ratio"]:.2f}',
        ]
        if schedule:
            cells.append(f'{epochs * images / row["runner"] / 3600:.1f} h')
        table.add_row(*cells)
    return table
