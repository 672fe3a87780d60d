"""What the command-line tools share."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, ValuesView
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import torch
from mmengine import Config, DictAction


@contextmanager
def clear_errors() -> Iterator[None]:
    """End with the message of a user's error, without the traceback.

    mmfsa raises OSError and ValueError for bad files and settings, ImportError for an
    optional package that is not installed, NotImplementedError for what a part lacks.
    """
    try:
        yield
    except (ImportError, NotImplementedError, OSError, ValueError) as e:
        sys.exit(f'error: {e}')


def add_data_root(parser: ArgumentParser) -> None:
    """The option whose value is for :func:`set_data_root`."""
    parser.add_argument(
        '--data-root',
        metavar='DIR',
        help='the folder of all data sets, in place of `data`',
    )


def add_augment_on_device(parser: ArgumentParser) -> None:
    """The option that asks for :func:`augment_on_device`."""
    parser.add_argument(
        '--augment-on-device',
        action='store_true',
        help='keep and augment the training images where the model is, without workers',
    )


def add_runner_arguments(parser: ArgumentParser) -> None:
    """The flags that tools/train.py and tools/test.py have in common with MMPose's."""
    parser.add_argument('--work-dir', help='where logs and results go')
    add_data_root(parser)
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        default={},
        help='settings in place of those of the config, key=value or key="[a,b]"',
    )
    parser.add_argument(
        '--allow-partial',
        action='store_true',
        help='work with a part of a data set: results are not comparable then',
    )
    parser.add_argument(
        '--trust-checkpoint',
        action='store_true',
        help='load a checkpoint that needs pickle, which can run any code in it',
    )
    parser.add_argument(
        '--launcher', choices=['none', 'pytorch', 'slurm', 'mpi'], default='none'
    )
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0)


def runner_config(args: Namespace) -> Config:
    """The config of a run, with what the command line says.

    Raises:
        FileNotFoundError: If there is no such config.
        PermissionError: If the work directory can't be written.
        ValueError: If the config lies in it: mmengine writes what it read over it.
    """
    cfg = Config.fromfile(args.config)
    saved_by_a_run = 'work_dir' in cfg  # experiment files leave it to the command line
    set_data_root(cfg, args.data_root)
    if args.allow_partial:
        allow_partial(cfg)
    cfg.merge_from_dict(args.cfg_options)
    describe_model(cfg)
    leave_out_tensorboard(cfg)
    cfg.launcher = args.launcher
    os.environ.setdefault('LOCAL_RANK', str(args.local_rank))
    cfg.work_dir = (
        args.work_dir
        or cfg.get('work_dir')
        or str(Path('work_dirs') / Path(args.config).stem)
    )
    folder = Path(args.config).resolve().parent
    if Path(cfg.work_dir).resolve() == folder and not saved_by_a_run:
        raise ValueError(
            f'{args.config} would be written over by what the run saves in {cfg.work_dir}: '
            'give another --work-dir'
        )
    make_writable(Path(cfg.work_dir))
    cfg.default_hooks.plain_checkpoint.trust_pickle = args.trust_checkpoint
    if args.launcher == 'pytorch' and not torch.cuda.is_available():
        # mmengine would choose a GPU for each process, and name it to the wrapper.
        torch.distributed.init_process_group('gloo')
        cfg.model_wrapper_cfg = dict(
            type='MMDistributedDataParallel', device_ids=None, broadcast_buffers=False
        )
    return cfg


def set_data_root(cfg: Config, root: str | Path | None) -> None:
    """Put every dataset of a config, `data/NAME` in the experiment files, below `root`.

    None leaves them where they are.
    """
    if root is None:
        return
    for node in config_dicts(cfg._cfg_dict):
        if isinstance(node.get('data_root'), str):
            node['data_root'] = str(Path(root) / Path(node['data_root']).name)


def augment_on_device(cfg: Config) -> None:
    """Let the training set of a config be a `ResidentDataset`."""
    loader = cfg.train_dataloader
    loader.dataset = dict(type='ResidentDataset', dataset=loader.dataset)
    loader.update(num_workers=0, persistent_workers=False, pin_memory=False)


def allow_partial(cfg: Config) -> None:
    """Let datasets and metrics of a config only warn where faces are missing."""
    for node in config_dicts(cfg._cfg_dict):
        if node.get('type') == 'HeadPoseMetric':
            node['allow_partial'] = True
        elif node.get('type') == 'HeadPoseDataset' and node.get('split'):
            node['split']['allow_partial'] = True


def describe_model(cfg: Config) -> None:
    """Let the metrics of a config state on their card how its model looks at faces."""
    from mmfsa.deploy.card import flip_test  # and torch's models, which few tools need

    rgb = (cfg.model.get('data_preprocessor') or {}).get('bgr_to_rgb')
    for node in config_dicts(cfg._cfg_dict):
        if node.get('type') == 'HeadPoseMetric':
            if rgb:
                node['color_order'] = 'RGB'
            node['flip_test'] = flip_test(cfg)


def leave_out_tensorboard(cfg: Config) -> None:
    """Let the visualizer of a config write no files for TensorBoard where it is missing."""
    visualizer = cfg.get('visualizer') or {}
    if find_spec('tensorboard') is None and 'vis_backends' in visualizer:
        visualizer.vis_backends = [
            backend
            for backend in visualizer.vis_backends
            if backend['type'] != 'TensorboardVisBackend'
        ]


def config_dicts(node) -> Iterator[dict]:
    """Every dict of a config, from the outermost."""
    if isinstance(node, dict):
        yield node
        node = node.values()
    if isinstance(node, (list, tuple, ValuesView)):
        for item in node:
            yield from config_dicts(item)


def make_writable(folder: Path, option: str = '--work-dir') -> None:
    """Create a folder and prove that files can be written there.

    Raises:
        OSError: If they can't.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / '.writable'
        probe.write_bytes(b'0')
        probe.unlink()
    except OSError as e:
        raise type(e)(
            f'{folder} cannot be written ({e.strerror}): choose another {option}'
        ) from e
