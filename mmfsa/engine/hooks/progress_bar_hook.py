"""Progress bars for trainings and evaluations."""

import atexit
import logging
import sys

from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from mmfsa.registry import HOOKS


@HOOKS.register_module()
class ProgressBarHook(Hook):
    """Bars with the time that is left, for training and for every evaluation.

    On a terminal only; the log lines stay above the bars.
    """

    priority = 'LOW'

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._training = None
        self._evaluation = None

    def before_train(self, runner: Runner) -> None:
        self._open(runner)
        if self._progress:
            self._training = self._progress.add_task(
                'training', total=runner.max_iters, completed=runner.iter
            )

    def after_train_iter(self, runner: Runner, *_, **__) -> None:
        if self._progress:
            self._progress.update(
                self._training,
                completed=runner.iter + 1,
                description=f'epoch {runner.epoch + 1} of {runner.max_epochs}',
            )

    def after_train(self, runner: Runner) -> None:
        self._close(runner)

    def before_val_epoch(self, runner: Runner) -> None:
        self._begin_evaluation('validation', len(runner.val_dataloader))

    def before_test(self, runner: Runner) -> None:
        self._open(runner)

    def before_test_epoch(self, *_) -> None:
        # Without a total: tests may run loops that the runner doesn't know.
        self._begin_evaluation('test', None)

    def after_val_iter(self, *_, **__) -> None:
        if self._progress:
            self._progress.advance(self._evaluation)

    after_test_iter = after_val_iter

    def after_val_epoch(self, *_, **__) -> None:
        if self._progress:
            self._progress.remove_task(self._evaluation)

    after_test_epoch = after_val_epoch

    def after_test(self, runner: Runner) -> None:
        self._close(runner)

    def _begin_evaluation(self, name: str, total: int | None) -> None:
        if self._progress:
            self._evaluation = self._progress.add_task(name, total=total)

    def _open(self, runner: Runner) -> None:
        console = Console(stderr=True)
        if not console.is_terminal or not is_main_process():
            return
        self._progress = Progress(
            TextColumn('{task.description}'),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._progress.start()
        atexit.register(self._progress.stop)
        # rich has put a stream in place of sys.stderr that prints above the bars.
        _log_to(sys.stderr, runner)

    def _close(self, runner: Runner) -> None:
        if self._progress:
            self._progress.stop()
            self._progress = None
            _log_to(sys.stderr, runner)


def _log_to(stream, runner: Runner) -> None:
    for handler in runner.logger.handlers:
        if type(handler) is logging.StreamHandler:
            handler.setStream(stream)
