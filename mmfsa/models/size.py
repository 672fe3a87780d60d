"""How large a model is: parameters, multiply-adds, and bytes of its checkpoint."""

import io

import torch
from mmengine.analysis import FlopAnalyzer

from mmfsa.inputs import InputSpec
from mmfsa.registry import MODELS

PRODUCTS = ('conv', 'linear', 'matmul', 'bmm', 'addmm', 'einsum')


def measure_size(model_cfg: dict, shape: tuple[int, int]) -> dict[str, int]:
    """Size and work of a model for one image.

    Args:
        model_cfg: The model's config.
        shape: Height and width of the image in pixels.

    Returns:
        `parameters` (trainable), `multiply_adds` of convolutions, linear layers and
        matrix products, and `bytes` of a checkpoint.
    """
    model = MODELS.build(model_cfg).eval()
    channels = InputSpec.from_dict(model_cfg.get('inputs')).channels
    flops = FlopAnalyzer(model, torch.rand(1, channels, *shape) * 255)
    flops.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    file = io.BytesIO()
    torch.save(dict(state_dict=model.state_dict(), meta={}), file)
    operations = flops.by_operator()
    return dict(
        parameters=sum(p.numel() for p in model.parameters()),
        multiply_adds=int(
            sum(count for name, count in operations.items() if name in PRODUCTS)
        ),
        bytes=file.tell(),
    )
