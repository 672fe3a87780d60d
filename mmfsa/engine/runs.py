"""The config of a run: what training and testing share."""

import os
from collections.abc import Iterable, Iterator, ValuesView
from importlib.util import find_spec
from inspect import signature
from pathlib import Path

import torch
from mmengine import Config
from mmengine.runner import Runner
from mmengine.visualization import TensorboardVisBackend

from mmfsa.datasets import HeadPoseDataset
from mmfsa.evaluation import HeadPoseMetric
from mmfsa.registry import DATASETS, METRICS, VISBACKENDS, is_type
from mmfsa.utils.configs import check_keys, load_config, name_of, nearest

from .process_group import join_on_cpus

# What mmengine looks at in a config's env_cfg; it leaves out the rest without a word.
OF_THE_PROCESS = 'cudnn_benchmark', 'mp_cfg', 'dist_cfg', 'resource_limit'


def runner_config(
    config: str | Path,
    work_dir: str | Path | None = None,
    data_root: str | Path | None = None,
    cfg_options: dict | None = None,
    partial: bool = False,
    trust_pickle: bool = False,
    launcher: str = 'none',
    local_rank: int = 0,
) -> Config:
    """Read the config of a run and change it as the user says.

    Args:
        config: The experiment file.
        work_dir: Where logs and results go; `work_dirs/NAME` by default.
        data_root: The folder of all data sets, see :func:`set_data_root`.
        cfg_options: Settings in place of the config's, by their keys with dots.
        partial: Work with a part of a data set, see :func:`allow_partial`.
        trust_pickle: Load checkpoints that need pickle, which can run any code in them.
        launcher: `none`, `pytorch`, `slurm` or `mpi`.
        local_rank: The number of this process on its machine.

    Raises:
        FileNotFoundError: If there is no such config.
        PermissionError: If the work directory can't be written.
        ValueError: If the config lies in the work directory, where mmengine would write
            over it.
    """
    cfg = load_config(config)
    saved_by_a_run = 'work_dir' in cfg  # experiment files leave it to the user
    set_data_root(cfg, data_root)
    if partial:
        allow_partial(cfg)
    _merge(cfg, cfg_options or {})
    leave_out_tensorboard(cfg)
    cfg.launcher = launcher
    os.environ.setdefault('LOCAL_RANK', str(local_rank))
    default = Path('work_dirs') / Path(config).stem
    cfg.work_dir = str(work_dir or cfg.get('work_dir') or default)
    folder = Path(config).resolve().parent
    if Path(cfg.work_dir).resolve() == folder and not saved_by_a_run:
        raise ValueError(
            f'{config} would be written over by what the run saves in {cfg.work_dir}: '
            'give another --work-dir'
        )
    make_writable(Path(cfg.work_dir))
    if 'plain_checkpoint' in cfg.get('default_hooks', {}):
        cfg.default_hooks.plain_checkpoint.trust_pickle = trust_pickle
    if launcher == 'pytorch' and not torch.cuda.is_available():
        join_on_cpus(cfg)
    return cfg


def _merge(cfg: Config, options: dict) -> None:
    """Put a user's settings in place of a config's."""
    check_keys(cfg, options, signature(Runner).parameters)
    for key, value in options.items():
        first, _, rest = key.partition('.')
        name = rest.partition('.')[0]
        if first == 'env_cfg' and rest and name not in OF_THE_PROCESS:
            raise ValueError(
                f'--cfg-options {key} would change nothing: env_cfg has no {name!r}'
                f'{nearest(name, OF_THE_PROCESS)}'
            )
        if isinstance(_value(cfg, key), dict) and isinstance(value, str | int | float):
            raise ValueError(
                f'--cfg-options {key}={value} does not fit {name_of(cfg)}: {key} is a '
                'dict, of which one part is changed by its name'
            )
        try:
            cfg.merge_from_dict({key: value})
        except (AttributeError, KeyError, TypeError, ValueError) as e:
            raise ValueError(f'--cfg-options {key}={value} does not fit: {e}') from e


def _value(node: object, key: str) -> object:
    """What a config has at a key with dots; None where it has nothing."""
    for name in key.split('.'):
        try:
            node = node[int(name)] if isinstance(node, (list, tuple)) else node[name]
        except (IndexError, KeyError, TypeError, ValueError):
            return None
    return node


def set_data_root(cfg: Config, root: str | Path | None) -> None:
    """Put every data set of a config, `data/NAME` in the experiment files, below `root`.

    None leaves them where they are.
    """
    if root is None:
        return
    for node in config_dicts(cfg._cfg_dict):
        if isinstance(node.get('data_root'), str):
            node['data_root'] = str(Path(root) / Path(node['data_root']).name)


def augment_on_device(cfg: Config, options: Iterable[str] = ()) -> None:
    """Let the training set of a config be a `ResidentDataset`, which has no workers.

    Args:
        cfg: The config.
        options: The settings that the user has changed, by their keys with dots.

    Raises:
        ValueError: One of these settings would change nothing.
    """
    none = dict(num_workers=0, persistent_workers=False, pin_memory=False)
    for key in options:
        loader, _, setting = key.rpartition('.')
        if loader == 'train_dataloader' and setting in (*none, 'prefetch_factor'):
            raise ValueError(
                f'{key} would change nothing, as --augment-on-device trains without '
                'workers: leave one of both out'
            )
    loader = cfg.train_dataloader
    loader.dataset = dict(type='ResidentDataset', dataset=loader.dataset)
    loader.update(none)


def allow_partial(cfg: Config) -> None:
    """Let data sets and metrics of a config only warn where faces are missing."""
    for node in config_dicts(cfg._cfg_dict):
        if is_type(node, METRICS, HeadPoseMetric):
            node['allow_partial'] = True
        elif node.get('split') and is_type(node, DATASETS, HeadPoseDataset):
            node['split']['allow_partial'] = True


def leave_out_tensorboard(cfg: Config) -> None:
    """Let the visualizer of a config write no files for TensorBoard where it is missing."""
    visualizer = cfg.get('visualizer') or {}
    if find_spec('tensorboard') is None and 'vis_backends' in visualizer:
        visualizer.vis_backends = [
            backend
            for backend in visualizer.vis_backends
            if not is_type(backend, VISBACKENDS, TensorboardVisBackend)
        ]


def quiet_without_data(cfg: Config, loaders: object) -> None:
    """Let the runner log errors alone where a data set is missing.

    Its log of the whole config would hide the one line that says so. What else is wrong
    with the config is still found first.

    Args:
        cfg: The config, which is changed.
        loaders: The parts of it that name data sets.
    """
    for node in config_dicts(loaders):
        if is_type(node, DATASETS, HeadPoseDataset):
            file = node.get('ann_file', 'index.json')
            if not (Path(node.get('data_root') or '') / file).is_file():
                cfg.log_level = 'ERROR'


def config_dicts(node: object) -> Iterator[dict]:
    """Yield every dict of a config, from the outermost."""
    if isinstance(node, dict):
        yield node
        node = node.values()
    if isinstance(node, (list, tuple, ValuesView)):
        for item in node:
            yield from config_dicts(item)


def make_writable(folder: Path, option: str = '--work-dir') -> None:
    """Create a folder and prove that files can be written there.

    Raises:
        OSError: If they can't; the message names the option to change.
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
