"""Train a model as its experiment file says."""

from contextlib import ExitStack
from pathlib import Path

import torch
from mmengine import Config
from mmengine.optim import OneCycleLR
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from mmfsa.registry import PARAM_SCHEDULERS, is_type
from mmfsa.utils.configs import explained, without_network
from mmfsa.utils.files import CHECKPOINTS, lock
from mmfsa.utils.memory import keep_freed_memory
from mmfsa.utils.setup_env import register_all_modules

from .checkpoint import load_checkpoint
from .process_group import will_be_first
from .runs import augment_on_device, quiet_without_data, runner_config
from .safetensors_file import is_safetensors


def training_runner(
    config: str | Path,
    resume: str | Path | None = None,
    amp: bool = False,
    on_device: bool = False,
    validate: bool = True,
    auto_scale_lr: bool = False,
    **settings,
) -> Runner:
    """Build what trains a model: :meth:`Runner.train` starts it.

    Args:
        config: The experiment file.
        resume: Go on from this checkpoint; `auto`: from the last one in the work
            directory, where there is one.
        amp: Train with mixed precision: float16 on a GPU, bfloat16 on the CPU.
        on_device: Keep and augment the training images where the model is.
        validate: Validate during training.
        auto_scale_lr: Scale the learning rate with the number of processes.
        **settings: Arguments of :func:`~mmfsa.engine.runs.runner_config`.

    Raises:
        FileNotFoundError: If the config, a checkpoint or a data set is missing.
        ValueError: If a setting can't be followed, if another process trains in the work
            directory, or if the training set has fewer images than a batch.
    """
    keep_freed_memory()
    register_all_modules()
    cfg = runner_config(config, **settings)
    if 'model' not in cfg:
        raise ValueError(without_network(cfg, 'training'))
    with ExitStack() as held:
        if will_be_first(cfg.launcher):  # before anything is written
            held.enter_context(lock(Path(cfg.work_dir) / '.training'))
        if not validate:
            cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
        cfg.load_from = _start_from(cfg.get('load_from'))
        if resume:
            _resume(cfg, resume, settings.get('trust_pickle', False))
        if amp:
            _mix_precision(cfg)
        if on_device:
            augment_on_device(cfg, settings.get('cfg_options') or {})
        if auto_scale_lr:
            _scale_rates(cfg)
        quiet_without_data(
            cfg, [cfg.get('train_dataloader'), cfg.get('val_dataloader')]
        )
        runner = _build(cfg)
        runner.lock = held.pop_all()  # until the training ends
    return runner


def _build(cfg: Config) -> Runner:
    with explained(cfg, builds=True):
        runner = Runner.from_cfg(cfg)
        # Builds the data set: what is wrong with it shows before the first epoch.
        batches = len(runner.train_loop.dataloader)
    if batches == 0:
        raise ValueError(
            f'the training set has {len(runner.train_dataloader.dataset)} images, fewer '
            f'than a batch of {cfg.train_dataloader.batch_size}: lower it with '
            '--cfg-options train_dataloader.batch_size=N'
        )
    return runner


def release(runner: Runner) -> None:
    """End the processes that load a runner's data, and free its folder for another run.

    Left to the garbage collector, each process keeps Python waiting for five seconds.
    """
    runner.lock.close()
    for loop in (runner._train_loop, runner._val_loop):
        loader = getattr(loop, 'dataloader', None)
        if isinstance(loader, DataLoader):
            loader._iterator = None


def latest_checkpoint(work_dir: str | Path) -> str | None:
    """The last checkpoint that a training has written; None where there is none.

    mmengine notes its name in a file. A training that was killed as it wrote the note
    has left the note empty: then the checkpoint with the highest number counts.
    """
    note = Path(work_dir) / 'last_checkpoint'
    named = note.read_text().strip() if note.is_file() else ''
    if Path(named).is_file():
        return named
    found = {}
    for path in Path(work_dir).glob('*.pth'):
        unit, _, number = path.stem.rpartition('_')
        if unit in ('epoch', 'iter') and number.isdecimal():
            found[int(number)] = str(path)
    return found[max(found)] if found else None


def _start_from(weights: str | None) -> str | None:
    """The file of the weights to start from: a path, or a name of the zoo.

    Raises:
        ValueError: The zoo has no weights of this name, or MMEngine can't read the file.
    """
    if weights and is_safetensors(weights):
        raise ValueError(
            f'load_from={weights}: MMEngine reads .pth files: `mmfsa convert {weights} '
            f'{Path(weights).with_suffix(".pth")}`'
        )
    if not weights or Path(weights).suffix in CHECKPOINTS or Path(weights).exists():
        return weights
    from mmfsa import zoo

    found = zoo.find_model(weights)[1]
    if found is None:
        raise ValueError(
            f'load_from={weights}: there are no weights of this name: give a checkpoint '
            "(.pth), or convert its authors' file once (`mmfsa convert FILE`)"
        )
    return str(found)


def _resume(cfg: Config, resume: str | Path, trust_pickle: bool) -> None:
    # A run without a checkpoint yet begins where the config says.
    auto = resume == 'auto'
    checkpoint = latest_checkpoint(cfg.work_dir) if auto else str(resume)
    if checkpoint is not None:
        content = load_checkpoint(checkpoint, trust_pickle=trust_pickle)
        if 'optimizer' not in content or 'epoch' not in content.get('meta', {}):
            raise ValueError(
                f'{checkpoint} holds weights alone, and no training can go on from it: '
                f'start one from them with --cfg-options load_from={checkpoint}'
            )
    cfg.resume = checkpoint is not None
    cfg.load_from = checkpoint or cfg.get('load_from')


def _mix_precision(cfg: Config) -> None:
    if torch.cuda.is_available():
        cfg.optim_wrapper.type = 'AmpOptimWrapper'
        cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')
    else:
        cfg.optim_wrapper.type = 'BFloat16OptimWrapper'


def _scale_rates(cfg: Config) -> None:
    schedulers = cfg.get('param_scheduler') or []
    for scheduler in schedulers if isinstance(schedulers, list) else [schedulers]:
        # The rates of a OneCycleLR are not the optimiser's.
        if is_type(scheduler, PARAM_SCHEDULERS, OneCycleLR):
            raise ValueError(
                '--auto-scale-lr scales no OneCycleLR: give its '
                f'--cfg-options param_scheduler.eta_max, now {scheduler.eta_max}'
            )
    cfg.auto_scale_lr = dict(
        enable=True, base_batch_size=cfg.train_dataloader.batch_size
    )
