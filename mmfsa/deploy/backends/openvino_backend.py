"""OpenVINO as a backend, from the exported ONNX file."""

import sys
from pathlib import Path
from threading import Lock

import numpy as np

from mmfsa.utils.files import native_path
from mmfsa.utils.packages import import_package
from mmfsa.utils.threads import usual_threads

from ..card import ModelCard, load_onnx
from .base import Array, Backend, faces_at_once, joined, to_numpy


class OpenVINOBackend(Backend):
    """OpenVINO, from the same ONNX file.

    It is faster when it knows the number of images. So the model is compiled for 1, 2, 4
    and so on of them, each when it is first needed, and a batch goes through in parts of
    these sizes: of 7 images 4, 2 and 1. On a CPU no part is larger than 4 faces a thread.

    Args:
        path: The ONNX file.
        device: OpenVINO's name of it, such as `CPU` or `GPU`.
        threads: CPU threads; by default what `OMP_NUM_THREADS` says, or else OpenVINO's
            choice.

    Raises:
        ImportError: If openvino is not installed.
        ValueError: If the file is not one of mmfsa's, or OpenVINO does not run it there.
    """

    def __init__(
        self, path: str | Path, device: str = 'CPU', threads: int | None = None
    ) -> None:
        openvino = import_package('openvino')
        super().__init__(ModelCard.read(path))
        # By default OpenVINO computes in bfloat16 where the CPU can.
        self.config = {'INFERENCE_PRECISION_HINT': 'f32', 'PERFORMANCE_HINT': 'LATENCY'}
        if threads := threads or usual_threads():
            self.config['INFERENCE_NUM_THREADS'] = threads
        self.device = device.upper()
        self.largest = sys.maxsize
        if not self.device.startswith('GPU'):
            self.largest = _power_of_two(faces_at_once(threads))
        self.core = openvino.Core()
        self.requests = {}
        self.lock = Lock()  # a request serves one call at a time
        try:
            with native_path(path) as name:
                self.model = self.core.read_model(name)
            self._request(1)
        except RuntimeError as e:
            raise ValueError(
                f'OpenVINO does not run {path} on the device {device}; there are '
                f'{", ".join(self.core.available_devices)}: {e}'
            ) from e
        # A converted model's outputs have several names in OpenVINO.
        self.output_names = [output.name for output in load_onnx(path).graph.output]

    def run(self, inputs: dict[str, Array]) -> dict[str, Array]:
        images = to_numpy(inputs['images'])
        parts = []
        while len(images):
            num = min(self.largest, _power_of_two(len(images)))
            parts.append(self._run(images[:num]))
            images = images[num:]
        return joined(parts)

    def _run(self, images: np.ndarray) -> dict[str, np.ndarray]:
        with self.lock:
            request = self._request(len(images))
            request.get_input_tensor().data[:] = images
            request.infer()
            # Copies: the request's own outputs are overwritten by the next call.
            return {
                name: request.get_output_tensor(i).data.copy()
                for i, name in enumerate(self.output_names)
            }

    def _request(self, num: int):
        if num not in self.requests:
            self.model.reshape({'images': [num, *self._shape]})
            compiled = self.core.compile_model(self.model, self.device, self.config)
            self.requests[num] = compiled.create_infer_request()
        return self.requests[num]


def _power_of_two(num: int) -> int:
    """The largest that is not above a number."""
    return 1 << num.bit_length() - 1
