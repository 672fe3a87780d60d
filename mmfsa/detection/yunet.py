"""YuNet (Wu et al., 2023): OpenCV's own face detector."""

from pathlib import Path

import cv2
import numpy as np

from mmfsa.registry import DETECTORS
from mmfsa.structures import Faces
from mmfsa.utils.files import native_path
from mmfsa.utils.threads import one_at_a_time

from .base import BaseDetector
from .shrink import shrink_to


@DETECTORS.register_module('yunet')
class YuNet(BaseDetector):
    """YuNet, run by OpenCV's `FaceDetectorYN`.

    Args:
        model: `face_detection_yunet_2023mar.onnx` of OpenCV's model zoo, or a newer file.
        size: Longest side in pixels; larger images are scaled down to it.
        threshold: Lowest score of a face, in [0, 1].
        nms_threshold: Boxes whose intersection / union is above it are one face.

    Raises:
        ValueError: If no model is given, or OpenCV can't load the model.
        FileNotFoundError: If the model's file is missing.
    """

    def __init__(
        self,
        model: str = '',
        size: int = 640,
        threshold: float = 0.5,
        nms_threshold: float = 0.3,
    ) -> None:
        if not model:
            raise ValueError(
                'yunet needs its model, face_detection_yunet_2023mar.onnx of '
                "OpenCV's model zoo: yunet:MODEL.onnx"
            )
        if not Path(model).is_file():
            raise FileNotFoundError(f'there is no model {model} for yunet')
        self.size = size
        try:
            with native_path(model) as file:
                self._net = cv2.FaceDetectorYN.create(
                    file, '', (size, size), threshold, nms_threshold
                )
        except cv2.error as e:
            raise ValueError(f'{model} is no model of YuNet: {e.err}') from e

    @one_at_a_time
    def __call__(self, image: np.ndarray) -> Faces:
        small, scale = shrink_to(image, self.size)
        self._net.setInputSize(small.shape[1::-1])
        faces = self._net.detect(small)[1]
        if faces is None:
            faces = np.empty((0, 15), dtype=np.float32)
        faces = faces[np.argsort(-faces[:, 14], kind='stable')]
        start, size = faces[:, :2], faces[:, 2:4]
        return Faces(
            np.concatenate([start, start + size], axis=1) / scale,
            self.kind,
            faces[:, 14],
            faces[:, 4:14].reshape(-1, 5, 2) / scale,
        )
