"""ONNX Runtime as a backend, on the CPU or a GPU."""

import sys
from pathlib import Path

from mmfsa.utils.onnx_session import open_session
from mmfsa.utils.packages import import_package

from ..card import ModelCard
from .base import Array, Backend, faces_at_once, joined, to_numpy

PROVIDERS = {
    'cpu': 'CPUExecutionProvider',
    'cuda': 'CUDAExecutionProvider',
    'tensorrt': 'TensorrtExecutionProvider',
}


class OnnxRuntimeBackend(Backend):
    """ONNX Runtime, on the CPU, on a GPU, or on a GPU through TensorRT.

    Args:
        path: The ONNX file.
        device: `cpu`, `cuda` or `tensorrt`.
        threads: CPU threads; by default what `OMP_NUM_THREADS` says, or else ONNX
            Runtime's choice.

    Raises:
        ImportError: If onnxruntime is not installed.
        ValueError: If the file is not one of mmfsa's, or the device not at hand.
    """

    takes_memory = True

    def __init__(
        self, path: str | Path, device: str = 'cpu', threads: int | None = None
    ) -> None:
        ort = import_package('onnxruntime')
        if device not in PROVIDERS:
            raise ValueError(f'device must be one of {[*PROVIDERS]}, got {device!r}')
        provider = PROVIDERS[device]
        if not Path(path).is_file():
            raise FileNotFoundError(f'there is no model {path}')
        self.session = open_session(path, provider, threads)
        # ONNX Runtime would go on with the CPU and say so in its log only.
        if self.session.get_providers()[0] != provider:
            raise ValueError(
                f'ONNX Runtime has no {provider} here: its providers are '
                f'{", ".join(ort.get_available_providers())} (GPU: install '
                'onnxruntime-gpu)'
            )
        metadata = self.session.get_modelmeta().custom_metadata_map
        super().__init__(ModelCard.from_metadata(metadata, path))
        self.output_names = [output.name for output in self.session.get_outputs()]
        self.chunk = sys.maxsize
        if device == 'cpu':
            self.chunk = faces_at_once(threads)

    def run(self, inputs: dict[str, Array]) -> dict[str, Array]:
        arrays = {name: to_numpy(value) for name, value in inputs.items()}
        parts = (
            self.session.run(
                self.output_names,
                {name: value[i : i + self.chunk] for name, value in arrays.items()},
            )
            for i in range(0, len(arrays['images']), self.chunk)
        )
        return joined(
            [dict(zip(self.output_names, part, strict=True)) for part in parts]
        )
