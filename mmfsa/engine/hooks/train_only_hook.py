"""Trains a part of a network, and leaves the rest as it is."""

from collections.abc import Sequence

from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmfsa.registry import HOOKS

from ..checkpoint import unwrapped


@HOOKS.register_module()
class TrainOnlyHook(Hook):
    """Only the named parts learn. What the others compute stays the same to the last bit.

    Batch normalisation of the others keeps its statistics, too.

    Args:
        parts: Names of modules of the model, such as `head.scales`.

    Raises:
        ValueError: When the training starts, if the model has no such part.
    """

    def __init__(self, parts: Sequence[str]) -> None:
        self.parts = tuple(parts)

    def before_train(self, runner: Runner) -> None:
        model = unwrapped(runner.model)
        modules = dict(model.named_modules())
        missing = [name for name in self.parts if name not in modules]
        if missing:
            raise ValueError(f'the model has no part {", ".join(missing)} to train')
        model.requires_grad_(False)
        for name in self.parts:
            modules[name].requires_grad_(True)

    def before_train_iter(
        self,
        runner: Runner,
        batch_idx: int,  # noqa: ARG002 (mmengine's interface)
        data_batch: dict | None = None,  # noqa: ARG002
    ) -> None:
        """The loop has put the whole model into training; the other parts evaluate."""
        model = unwrapped(runner.model).eval()
        for name in self.parts:
            model.get_submodule(name).train()
