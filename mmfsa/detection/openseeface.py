"""OpenSeeFace's face detector (BSD-2): a heatmap of faces, and their radii."""

import numpy as np

from mmfsa.registry import DETECTORS
from mmfsa.structures import Faces
from mmfsa.utils.onnx_session import open_network, provider_of

from .base import BaseDetector
from .letterbox import Letterbox

SIDE = 224  # of the square image that the network takes
CELL = 4  # pixels of it to one of a map's
RADIUS = 112  # what a radius of 1 is in pixels
# Mean and standard deviation of RGB, on the scale 0 to 255.
MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


@DETECTORS.register_module('openseeface')
class OpenSeeFaceDetector(BaseDetector):
    """The detector of OpenSeeFace, run by ONNX Runtime. It gives no landmarks.

    OpenSeeFace squeezes a frame into a square; here the frame keeps its form, so that a
    face has the same box in every frame.

    Args:
        model: The file, `mnv3_detection_opt.onnx`.
        threshold: Lowest score, in [0, 1].
        device: `cuda` runs it on the GPU, where ONNX Runtime can.
        threads: CPU threads; ONNX Runtime's choice by default.

    Raises:
        ImportError: onnxruntime is not installed.
        FileNotFoundError: The model's file is missing.
        ValueError: No model is given, or the file holds another network.
    """

    kind = 'openseeface'

    def __init__(
        self,
        model: str = '',
        threshold: float = 0.4,
        device: str | None = None,
        threads: int | None = None,
    ) -> None:
        if not model:
            raise ValueError(
                'openseeface needs its model, mnv3_detection_opt.onnx of '
                'github.com/emilianavt/OpenSeeFace: openseeface:MODEL.onnx'
            )
        self.threshold = threshold
        self._session = open_network(
            model,
            'face detector of OpenSeeFace',
            [(2, SIDE // CELL, SIDE // CELL)] * 2,
            provider=provider_of(device),
            threads=threads,
        )

    def __call__(self, image: np.ndarray) -> Faces:
        letterbox = Letterbox.of(image, SIDE)
        pixels = (letterbox.square[..., ::-1] - np.float32(MEAN)) / np.float32(STD)
        blob = np.ascontiguousarray(pixels.transpose(2, 0, 1))[None]
        (images,) = self._session.get_inputs()
        maps, largest_near = (
            o[0] for o in self._session.run(None, {images.name: blob})
        )
        scores, radii = maps
        peaks = (scores == largest_near[0]) & (scores >= self.threshold)
        rows, columns = np.nonzero(peaks)
        order = np.argsort(-scores[peaks], kind='stable')
        centres = np.stack([columns, rows], axis=1)[order] * CELL
        half = radii[peaks][order, None] * RADIUS
        corners = np.stack([centres - half, centres + half], axis=1)
        boxes = letterbox.to_image(corners).reshape(-1, 4)
        return Faces(boxes, self.kind, scores[peaks][order])
