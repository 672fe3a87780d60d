"""The processes of a launched run: how they join one group, and how they leave it."""

import gc
from importlib import import_module

from mmengine import Config
from mmengine.runner import Runner
from torch import distributed

from .checkpoint import unwrapped


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
