"""OpenCV's dnn as a backend: what runs wherever OpenCV does."""

from pathlib import Path

import cv2
import numpy as np

from mmfsa.utils.threads import one_at_a_time

from ..card import ModelCard
from ..norms import NORM
from ..onnx_file import read_onnx
from .base import Array, Backend, joined, to_numpy


class OpenCVBackend(Backend):
    """OpenCV's dnn on the CPU, from the same ONNX file.

    It takes one face after the other: OpenCV 4 computes another number of faces than in
    its first call wrong.

    Args:
        path: The ONNX file.
        device: `cpu`.

    Raises:
        FileNotFoundError: If there is no such file.
        NotImplementedError: If OpenCV does not run this network, or if the file was
            exported by an older version of mmfsa, whose norms OpenCV computes wrong.
        ValueError: If the file is not one of mmfsa's, or the device is another.
    """

    def __init__(self, path: str | Path, device: str = 'cpu') -> None:
        if device != 'cpu':
            raise ValueError(f'the backend opencv runs on the device cpu, not {device}')
        file = read_onnx(path)
        super().__init__(ModelCard.from_metadata(file.metadata, path))
        if NORM in file.operations:
            raise NotImplementedError(
                f'OpenCV computes {path} wrong, as an older version of mmfsa wrote it: '
                'export it again with `mmfsa export`'
            )
        if 'QuantizeLinear' in file.operations:  # OpenCV 4.11 crashes at it
            raise NotImplementedError(f'OpenCV does not run networks of 8 bits: {path}')
        # OpenCV 5 has two engines; the classic one computes other poses.
        engine = getattr(cv2.dnn, 'ENGINE_NEW', None)
        options = {} if engine is None else dict(engine=engine)
        try:
            # By its content, as OpenCV opens not every path.
            content = np.frombuffer(Path(path).read_bytes(), np.uint8)
            self._net = cv2.dnn.readNetFromONNX(content, **options)
            self.output_names = list(self._net.getUnconnectedOutLayersNames())
            self.run({'images': np.zeros((1, *self._shape), self.dtype)})
        except cv2.error as e:
            raise NotImplementedError(
                f'OpenCV {cv2.__version__} does not run {path}: {e.err}'
            ) from e

    @one_at_a_time  # a net has one call's numbers
    def run(self, inputs: dict[str, Array]) -> dict[str, Array]:
        images = to_numpy(inputs['images'])
        return joined([self._run(images[i : i + 1]) for i in range(len(images))])

    def _run(self, image: np.ndarray) -> dict[str, np.ndarray]:
        self._net.setInput(image)
        outputs = self._net.forward(self.output_names)
        # Copies: the net's own outputs are overwritten by the next call.
        return {
            name: output.copy()
            for name, output in zip(self.output_names, outputs, strict=True)
        }
