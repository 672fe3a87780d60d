"""The few calls that need an NVIDIA GPU."""

from collections.abc import Callable

import torch
from torch import Tensor

from mmfsa.utils.threads import one_at_a_time

Tensors = dict[str, Tensor]


class Cuda:
    """torch's CUDA runtime; all that the backends ask of it.

    Raises:
        ValueError: If there is no GPU that torch can use.
    """

    device = torch.device('cuda')

    def __init__(self) -> None:
        if not torch.cuda.is_available():
            raise ValueError(
                'there is no NVIDIA GPU that torch can use (it takes a CUDA build of '
                'torch and the driver). Without one, tensorrt-rtx builds engines for '
                'named --targets, and onnxruntime and openvino run on the CPU'
            )

    def device_name(self) -> str:
        return torch.cuda.get_device_name()

    def stream(self) -> int:
        """The handle of the caller's current stream."""
        return torch.cuda.current_stream().cuda_stream

    def capture(self, run: Callable[[], Tensors]) -> tuple[Tensors, Callable]:
        """Record what `run` enqueues: its outputs, and what replays it."""
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            outputs = run()
        return outputs, graph.replay

    def milliseconds(self, run: Callable[[], object]) -> float:
        """How long what `run` enqueues takes, until it is done."""
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        run()
        end.record()
        end.synchronize()
        return start.elapsed_time(end)

    def peak_memory(self) -> int:
        """Bytes that torch has held at most since the last call."""
        peak = torch.cuda.max_memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        return peak


class CudaGraphs:
    """Replays a function of tensors as a CUDA graph, one for each shape of its inputs.

    A graph launches all its kernels at once, which for a network this small takes much
    less time than launching them one by one.

    Args:
        cuda: The GPU.
        run: Enqueues work on the current stream; must not wait for it.
    """

    def __init__(self, cuda: Cuda, run: Callable[[Tensors], Tensors]) -> None:
        self.cuda = cuda
        self.run = run
        self._graphs = {}

    @one_at_a_time  # a graph has one call's numbers
    def __call__(self, inputs: Tensors) -> Tensors:
        key = tuple((name, value.shape, value.dtype) for name, value in inputs.items())
        if key not in self._graphs:
            static = {name: value.clone() for name, value in inputs.items()}
            self.run(static)  # what is set up at the first call can't be captured
            self._graphs[key] = static, *self.cuda.capture(lambda: self.run(static))
        static, outputs, replay = self._graphs[key]
        for name, value in inputs.items():
            static[name].copy_(value, non_blocking=True)
        replay()
        # The next replay writes to the same memory.
        return {name: value.clone() for name, value in outputs.items()}
