"""Ends a training whose loss is no number, before it spoils a checkpoint."""

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmfsa.registry import HOOKS


@HOOKS.register_module()
class FiniteLossHook(Hook):
    """End a training at a loss that is NaN or infinite.

    It also refuses to write a checkpoint whose weights are not finite. The checkpoints
    before it stay, and a training can go on from the last one.

    Args:
        interval: Iterations from look to look. A look waits for the device. A loss that
            became NaN in between is found, and its iteration named.
    """

    priority = 'VERY_HIGH'  # before any hook that writes

    def __init__(self, interval: int = 50) -> None:
        self.interval = interval
        self._waiting: list[tuple[int, torch.Tensor]] = []

    def before_train(self, runner: Runner) -> None:  # noqa: ARG002
        self._waiting.clear()

    def after_train_iter(
        self,
        runner: Runner,
        batch_idx: int,  # noqa: ARG002
        data_batch: object = None,  # noqa: ARG002
        outputs: dict | None = None,
    ) -> None:
        loss = torch.as_tensor((outputs or {}).get('loss', 0.0)).detach()
        self._waiting.append((runner.iter + 1, loss))
        if loss.device.type == 'cpu' or len(self._waiting) >= self.interval:
            self._look(runner)

    def after_train_epoch(self, runner: Runner) -> None:
        self._look(runner)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        self._look(runner)
        bad = [
            name
            for name, value in checkpoint['state_dict'].items()
            if torch.is_tensor(value) and not value.isfinite().all()
        ]
        if bad:
            self._end(runner, f'weights are NaN or infinite: {bad[0]}', runner.iter)

    def _look(self, runner: Runner) -> None:
        if not self._waiting:
            return
        losses = torch.stack([loss.float().mean() for _, loss in self._waiting])
        bad = (~losses.isfinite()).nonzero()
        if len(bad):
            number, loss = self._waiting[int(bad[0])]
            self._end(runner, f'the loss is {float(loss):g}', number)
        self._waiting.clear()

    def _end(self, runner: Runner, what: str, number: int) -> None:
        epoch = 1 + (number - 1) // len(runner.train_dataloader)
        raise ValueError(
            f'{what} in iteration {number} (epoch {epoch}), and the training ends. The '
            f'checkpoints before it are in {runner.work_dir}. Try a lower learning rate, '
            'or clip gradients (--cfg-options optim_wrapper.clip_grad.max_norm=5), and '
            'look at the labels'
        )
