"""PyTorch as a backend, eager, compiled or as a CUDA graph."""

import torch
import torch.nn as nn
from torch import Tensor

from ..cuda import Cuda, CudaGraphs
from ..deployed_model import DeployedModel
from ..lean import for_deployment
from .base import Array, Backend

AUTOCAST = {'fp32': None, 'fp16': torch.float16, 'bf16': torch.bfloat16}


class TorchBackend(Backend):
    """PyTorch itself, with the graph that is exported.

    Args:
        model: An estimator with its weights.
        device: Where it runs.
        precision: `fp32`, or `fp16` or `bf16` by autocast.
        compiled: Compile it; the first calls with up to three batch sizes then take a
            while.
        cuda_graphs: Capture a CUDA graph per batch size and replay it.

    Raises:
        ValueError: If torch does not run on the device, or there is no such precision.
    """

    takes_memory = True

    def __init__(
        self,
        model: nn.Module,
        device: str = 'cpu',
        precision: str = 'fp32',
        compiled: bool = False,
        cuda_graphs: bool = False,
    ) -> None:
        super().__init__(card=None, planes=model.inputs.planes)
        if precision not in AUTOCAST:
            raise ValueError(f'precision must be one of {[*AUTOCAST]}, got {precision}')
        self.precision = precision
        deployed = DeployedModel(for_deployment(model))
        try:
            self.device = torch.device(device)
            deployed.to(self.device)
        except (AssertionError, RuntimeError) as e:  # not built for it, or none there
            raise ValueError(f'torch does not run on the device {device}: {e}') from e
        self.output_names = deployed.output_names
        self.input_names = deployed.input_names
        self.state_size = deployed.state_size
        # One graph for batches of one, one for the first other size, one for all sizes:
        # a graph for each, and torch would give up after eight.
        self.model = torch.compile(deployed, fullgraph=True) if compiled else deployed
        self._forward = CudaGraphs(Cuda(), self._infer) if cuda_graphs else self._infer

    def run(self, inputs: dict[str, Array]) -> dict[str, Array]:
        return self._forward(
            {
                name: torch.as_tensor(inputs[name], device=self.device)
                for name in self.input_names
            }
        )

    @torch.inference_mode()
    def _infer(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        dtype = AUTOCAST[self.precision]
        with torch.autocast(
            self.device.type, dtype, enabled=dtype is not None, cache_enabled=False
        ):
            outputs = self.model(*(inputs[name] for name in self.input_names))
        return {
            name: value.float() if value.is_floating_point() else value
            for name, value in zip(self.output_names, outputs, strict=True)
        }
