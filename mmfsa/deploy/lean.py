"""The same poses from fewer operations: what is exported, compiled and timed.

A part that has a leaner form offers it by a method `lean`, which returns that form, or the
part itself where the form would compute something else.
"""

import copy
from collections.abc import Iterator

import torch
import torch.nn as nn
from torch.nn.utils import fuse_conv_bn_eval

TOLERANCE = 1e-2  # degrees: rounding moves less, a batch norm at a wrong place more


def for_deployment(model: nn.Module) -> nn.Module:
    """A copy of an estimator, for inference only, with the same outputs.

    Whatever has no leaner form stays as it is.
    """
    for _, step in deployment_steps(model):
        model = step
    return model


@torch.no_grad()
def deployment_steps(model: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """What :func:`for_deployment` does, step by step.

    Batch norms stay where the outputs without them differ.

    Args:
        model: An estimator, which stays as it is.

    Yields:
        What a step did, and the model after it. It is one copy: the next step changes
        it further.
    """
    model = copy.deepcopy(model).eval()
    folded = copy.deepcopy(model)
    _fold_batch_norms(folded)
    if _agree(model, folded):
        model = folded
        yield 'batch norms folded', model.requires_grad_(False)
    else:  # a part runs its layers in another order than it has them
        yield 'batch norms left as they are', model.requires_grad_(False)
    kinds = {type(part): None for part in model.modules() if _offers_lean(part)}
    for kind in kinds:
        if _replace(model, kind):
            yield f'{kind.__name__} made lean', model.requires_grad_(False)


def _fold_batch_norms(module: nn.Module) -> None:
    """Fold every batch norm into a convolution that stands right before it."""
    before = '', None
    for name, child in list(module.named_children()):
        # A subclass of a batch norm may do more, such as an activation.
        if type(child) is nn.BatchNorm2d and type(before[1]) is nn.Conv2d:
            setattr(module, before[0], fuse_conv_bn_eval(before[1], child))
            setattr(module, name, nn.Identity())
        _fold_batch_norms(child)
        before = name, child


def _agree(model: nn.Module, other: nn.Module) -> bool:
    """Whether two estimators say the same of a picture of noise."""
    expected, found = _outputs(model), _outputs(other)
    return all(
        torch.allclose(found[name], value, rtol=TOLERANCE, atol=TOLERANCE)
        for name, value in expected.items()
        if value.is_floating_point()
    )


def _outputs(model: nn.Module) -> dict[str, torch.Tensor]:
    width, height = model.inputs.size
    noise = torch.rand(
        1,
        model.inputs.planes,
        height,
        width,
        generator=torch.Generator().manual_seed(0),
    )
    images = 255 * noise.to(next(model.parameters()).device)
    return model.outputs(model.data_preprocessor.normalize(images))


def _offers_lean(part: nn.Module) -> bool:
    # A subclass inherits the method, but may compute something else.
    return 'lean' in vars(type(part))


def _replace(model: nn.Module, kind: type[nn.Module]) -> bool:
    """Put the lean form in the place of every part of a kind; False if there is none."""
    replaced = False
    for module in list(model.modules()):
        for name, child in module.named_children():
            if type(child) is kind:
                lean = child.lean()
                replaced |= lean is not child
                setattr(module, name, lean)
    return replaced
