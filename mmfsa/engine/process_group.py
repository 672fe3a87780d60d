"""The processes of a launched run: how they join one group, and how they leave it."""

import gc
import os
from importlib import import_module

from mmengine import Config
from mmengine.runner import Runner
from torch import distributed

from .checkpoint import unwrapped

RANKS = 'RANK', 'SLURM_PROCID', 'OMPI_COMM_WORLD_RANK'  # what launchers set


def will_be_first(launcher: str) -> bool:
    """Whether this process will be the first of its group, before there is a group."""
    if launcher == 'none':
        return True
    return next((os.environ[name] for name in RANKS if name in os.environ), '0') == '0'


def join_on_cpus(cfg: Config) -> None:
    """Join the group of a run that `torchrun` started on a machine without a GPU.

    mmengine would choose a GPU for each process, and name it to the wrapper.
    """
    # The wrapper imports it. Imported with a group at hand, it holds the group for good.
    import_module('torch._dynamo')

    distributed.init_process_group('gloo')
    cfg.model_wrapper_cfg = dict(
        type='MMDistributedDataParallel', device_ids=None, broadcast_buffers=False
    )


def leave(runner: Runner) -> None:
    """Leave the group of a run that is over, if it has one.

    Its threads end here. A thread that still frees a tensor when Python ends aborts the
    process, or keeps it waiting for ever.
    """
    if not (distributed.is_available() and distributed.is_initialized()):
        return
    runner.model = unwrapped(runner.model)  # the wrapper holds the group
    gc.collect()
    distributed.destroy_process_group()
    gc.collect()
