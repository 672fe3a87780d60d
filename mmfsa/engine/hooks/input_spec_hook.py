"""Tells the data sets what the model wants to see of a face."""

from mmengine.hooks import Hook
from mmengine.runner import BaseLoop, Runner

from mmfsa.datasets.nested import inner_datasets
from mmfsa.registry import HOOKS

from ..checkpoint import unwrapped


@HOOKS.register_module()
class InputSpecHook(Hook):
    """Hand the model's input spec to every data set of a run, before its first image.

    Size and crop then stand in one place, the model's `inputs`; a pipeline says only
    where the face is cut. A model without `inputs`, such as MMPose's, leaves the
    pipelines as they are.
    """

    priority = 'VERY_HIGH'

    def before_run(self, runner: Runner) -> None:
        model = unwrapped(runner.model)
        spec = getattr(model, 'inputs', None)
        if spec is None:
            return
        for loop in (runner._train_loop, runner._val_loop, runner._test_loop):
            if isinstance(loop, BaseLoop):
                for dataset in inner_datasets(loop.dataloader.dataset, 'set_inputs'):
                    dataset.set_inputs(spec)
