from pathlib import Path

from mmfsa.utils.packages import import_package

from ..card import ModelCard, load_onnx
from .base import Array, Backend, to_numpy


class OpenVINOBackend(Backend):
    """OpenVINO, from the same ONNX file.

    Args:
        path: The ONNX file.
        device: OpenVINO's name of it, such as `CPU` or `GPU`.
        threads: CPU threads; OpenVINO's choice by default.

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
        config = {'INFERENCE_PRECISION_HINT': 'f32', 'PERFORMANCE_HINT': 'LATENCY'}
        if threads:
            config['INFERENCE_NUM_THREADS'] = threads
        core = openvino.Core()
        try:
            model = core.compile_model(str(path), device.upper(), config)
        except RuntimeError as e:
            raise ValueError(
                f'OpenVINO does not run {path} on the device {device}; there are '
                f'{", ".join(core.available_devices)}: {e}'
            ) from e
        self.request = model.create_infer_request()
        # A converted model's outputs have several names in OpenVINO.
        self.output_names = [output.name for output in load_onnx(path).graph.output]

    def run(self, inputs: dict[str, Array]) -> dict[str, Array]:
        inputs = {name: to_numpy(value) for name, value in inputs.items()}
        # Copies: the request's own outputs are overwritten by the next call.
        outputs = self.request.infer(inputs, share_inputs=True, share_outputs=False)
        return {name: outputs[i] for i, name in enumerate(self.output_names)}
