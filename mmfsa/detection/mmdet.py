"""Any model of MMDetection as a face detector."""

import numpy as np

from mmfsa.registry import DETECTORS
from mmfsa.structures import Faces
from mmfsa.utils.threads import one_at_a_time

from .base import BaseDetector


@DETECTORS.register_module('mmdet')
class MMDet(BaseDetector):
    """A model of MMDetection. MMDetection must be installed.

    Args:
        model: The model's name in MMDetection's model zoo, or its config.
        weights: The model's checkpoint; the model zoo's checkpoint by default.
        label: The index of the class that means a face.
        threshold: Lowest score of a face, in [0, 1].
        device: The device that runs the model; MMDetection's choice by default.

    Raises:
        ValueError: If no model is given.
        ImportError: If MMDetection is not installed.
    """

    def __init__(
        self,
        model: str | None = None,
        weights: str | None = None,
        label: int = 0,
        threshold: float = 0.5,
        device: str | None = None,
    ) -> None:
        if model is None:
            raise ValueError('mmdet needs a model: mmdet:CONFIG_OR_NAME')
        try:
            from mmdet.apis import DetInferencer
        except ImportError as e:
            raise ImportError(
                f'the detector mmdet needs MMDetection, and mmcv with its ops ({e}): '
                'pip install mmdet'
            ) from e
        self.label = label
        self.threshold = threshold
        self._inferencer = DetInferencer(
            model, weights, device=device, show_progress=False
        )

    @one_at_a_time
    def __call__(self, image: np.ndarray) -> Faces:
        result = self._inferencer(image, return_datasamples=True)
        faces = result['predictions'][0].pred_instances.cpu().numpy()
        faces = faces[(faces.labels == self.label) & (faces.scores > self.threshold)]
        order = np.argsort(-faces.scores, kind='stable')
        return Faces(faces.bboxes[order], self.kind, faces.scores[order])
