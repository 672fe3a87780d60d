"""Checkpoints of the runner that load without running code from the file."""

from pathlib import Path

import numpy as np
import torch
from mmengine.hooks import Hook
from mmengine.logging import HistoryBuffer
from mmengine.runner import CheckpointLoader, Runner

from mmfsa.registry import HOOKS

from ..checkpoint import load_checkpoint, unwrapped
from ..resume import kinds_of, refuse_ignored_settings

OF_THE_NETWORK = 'http://', 'https://', 'pavi://', 's3:'


@HOOKS.register_module()
class PlainCheckpointHook(Hook):
    """Make the runner's checkpoints loadable with `weights_only=True`, resume included.

    mmengine's hold its own classes and numpy scalars, which torch refuses to load unless
    it may run any code in the file. This hook turns them into tensors and plain Python
    when a checkpoint is written, and back when one is read. It notes the experiment
    file's name in `meta['config']` and the model's input spec in `meta['inputs']`. It
    refuses checkpoints that need pickle, and to resume with settings that are ignored.

    Args:
        trust_pickle: Load checkpoints that need pickle all the same. They can run any
            code: only for files of which you know who made them.
    """

    # The last to see a checkpoint that is written, so that nothing is added after it.
    priority = 'LOWEST'

    def __init__(self, trust_pickle: bool = False) -> None:
        self.trust_pickle = trust_pickle

    def before_run(self, runner: Runner) -> None:  # noqa: ARG002
        """Have mmengine read local checkpoints by :func:`load_checkpoint`."""

        def load(filename, map_location=None):
            return load_checkpoint(filename, map_location, self.trust_pickle)

        # The schemes of addresses, too: mmengine would fetch and unpickle.
        prefixes = ['', *OF_THE_NETWORK]
        CheckpointLoader.register_scheme(prefixes, loader=load, force=True)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        for key in set(checkpoint) - {'state_dict', 'optimizer'}:
            checkpoint[key] = _to_plain(checkpoint[key])
        checkpoint['meta']['config'] = Path(runner.cfg.filename or '').name
        checkpoint['meta']['kinds'] = kinds_of(runner)
        model = unwrapped(runner.model)
        if hasattr(model, 'inputs'):
            checkpoint['meta']['inputs'] = model.inputs.to_dict()

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        if runner._resume:
            refuse_ignored_settings(runner, checkpoint)
        # mmengine's resume would read it as the text of a config.
        checkpoint.get('meta', {}).pop('config', None)
        scalars = checkpoint.get('message_hub', {}).get('log_scalars', {})
        for name, history in scalars.items():
            if isinstance(history, dict):
                scalars[name] = HistoryBuffer(
                    history['values'].cpu().numpy(),
                    history['counts'].cpu().numpy(),
                    history['max_length'],
                )


def _to_plain(value):
    if isinstance(value, HistoryBuffer):
        values, counts = value.data
        return dict(
            values=torch.from_numpy(values.astype(float)),
            counts=torch.from_numpy(counts.astype(float)),
            max_length=value.max_length,
        )
    if isinstance(value, dict):
        # A scheduler's state holds functions, which the scheduler itself has.
        return {
            key: _to_plain(item) for key, item in value.items() if not callable(item)
        }
    if isinstance(value, (list, tuple)):
        return type(value)(_to_plain(item) for item in value)
    if isinstance(value, np.ndarray):
        return torch.from_numpy(value)
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (bool, int, float, str, torch.Tensor)):
        return value
    return str(value)
