"""TensorRT as a backend: engines, on the memory of torch."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mmfsa.utils.packages import import_package
from mmfsa.utils.threads import one_at_a_time

from ..card import ModelCard
from ..cuda import Cuda, CudaGraphs
from ..engine import load_engine
from .base import Array, Backend


class TensorRTBackend(Backend):
    """A TensorRT engine, on torch's memory: nothing passes through the host.

    Work is enqueued on the caller's current stream. Each stream has an execution
    context and graphs of its own, so that several may be used at once.

    Args:
        path: The engine; its sidecar lies beside it.
        package: `tensorrt` or `tensorrt_rtx`.
        cuda_graphs: Capture a CUDA graph per batch size and replay it.
        cuda: The GPU; the one at hand by default.
        device: `cuda`; all backends take the device.

    Raises:
        ImportError: If the package is not installed.
        FileNotFoundError: If the engine or its sidecar is missing.
        ValueError: If there is no GPU, or the engine does not belong here, see
            :func:`~mmfsa.deploy.engine.load_engine`.
    """

    def __init__(
        self,
        path: str | Path,
        package: str = 'tensorrt',
        cuda_graphs: bool = True,
        cuda: Cuda | None = None,
        device: str = 'cuda',
    ) -> None:
        if device != 'cuda':
            raise ValueError(f'engines run on the device cuda, not on {device}')
        trt = import_package(package)
        self.cuda = cuda or Cuda()
        self.engine, sidecar = load_engine(path, trt, self.cuda)
        super().__init__(ModelCard.from_dict(sidecar['card'], path))
        self.profile = sidecar['profile']
        self.cuda_graphs = cuda_graphs
        names = [
            self.engine.get_tensor_name(i) for i in range(self.engine.num_io_tensors)
        ]
        self.outputs = {
            name: _torch_type(trt.nptype(self.engine.get_tensor_dtype(name)))
            for name in names
            if self.engine.get_tensor_mode(name) == trt.TensorIOMode.OUTPUT
        }
        self._runners = {}

    @one_at_a_time  # a context has one call's numbers
    def run(self, inputs: dict[str, Array]) -> dict[str, Tensor]:
        images = torch.as_tensor(inputs['images'], device=self.cuda.device)
        smallest, _, largest = self.profile
        if not smallest <= len(images) <= largest:
            raise ValueError(
                f'a batch of {len(images)} is outside of the profile of the engine, '
                f'{smallest} to {largest}: split it, or build the engine with another '
                '--profile'
            )
        stream = self.cuda.stream()
        if stream not in self._runners:
            execute = _Execution(self)
            self._runners[stream] = (
                CudaGraphs(self.cuda, execute) if self.cuda_graphs else execute
            )
        return self._runners[stream]({'images': images.contiguous()})


class _Execution:
    """One execution context: enqueues the engine on the current stream."""

    def __init__(self, backend: TensorRTBackend) -> None:
        self.outputs = backend.outputs
        self.cuda = backend.cuda
        self.context = backend.engine.create_execution_context()

    def __call__(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        context = self.context
        for name, value in inputs.items():
            _must(context.set_input_shape(name, tuple(value.shape)), f'shape of {name}')
        _must(not context.infer_shapes(), 'shapes of the inputs')
        outputs = {
            name: torch.empty(
                tuple(context.get_tensor_shape(name)),
                dtype=dtype,
                device=self.cuda.device,
            )
            for name, dtype in self.outputs.items()
        }
        for name, value in (inputs | outputs).items():
            _must(
                context.set_tensor_address(name, value.data_ptr()), f'address of {name}'
            )
        _must(context.execute_async_v3(self.cuda.stream()), 'call')
        return outputs


def _must(accepted: bool, what: str) -> None:
    if not accepted:
        raise RuntimeError(f'TensorRT refused the {what}; its reasons are above')


def _torch_type(dtype) -> torch.dtype:
    return torch.from_numpy(np.empty(0, dtype)).dtype
