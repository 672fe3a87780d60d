"""The checkpoints of SemiUHPE with a ResNet-50: names of tensors only."""

from functools import partial

from ..conversion import Converter, Tensors, renamed


def recognises(tensors: Tensors) -> bool:
    """Whether tensors are a ResNet-50's with three linear layers at its end."""
    return {'layer1.0.conv3.weight', 'fc.1.weight', 'fc.7.weight'} <= tensors.keys()


def our_name(name: str) -> str:
    """Our name of a tensor."""
    if name.startswith('fc.'):
        return f'head.layers.{name.removeprefix("fc.")}'
    return f'backbone.model.{name}'


to_state_dict = partial(renamed, rename=our_name)


CONVERTERS = (
    Converter(
        reads='SemiUHPE with a ResNet-50 (.pth)',
        recognises=recognises,
        experiment=lambda *_: 'semiuhpe_resnet50',
        state_dict=to_state_dict,
    ),
)
