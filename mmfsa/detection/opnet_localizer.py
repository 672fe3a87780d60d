"""OpNet's face localizer: a network that gives one box for a whole frame."""

from pathlib import Path

import cv2
import numpy as np

from mmfsa.registry import DETECTORS
from mmfsa.structures import Faces

from .base import BaseDetector

REMEDY = (
    'opentrack has it, head-localizer.onnx: `mmfsa convert head-localizer.onnx`, then '
    '--detector opnet_localizer'
)


@DETECTORS.register_module('opnet_localizer')
class OpNetLocalizer(BaseDetector):
    """The localizer of opentrack: at most one face, from a grey frame of 288x224.

    It is made for one person in front of a camera.

    Args:
        model: The checkpoint that `mmfsa convert head-localizer.onnx MODEL.pth` writes;
            by default the one that it keeps without MODEL.pth.
        threshold: Lowest probability of a face, in [0, 1].
        device: Where torch runs it, such as `cuda`.

    Raises:
        ValueError: If the file holds another model.
        FileNotFoundError: If the model's file is missing.
    """

    kind = 'opnet_localizer'

    def __init__(
        self, model: str = '', threshold: float = 0.5, device: str | None = None
    ) -> None:
        from mmfsa.engine import load_checkpoint
        from mmfsa.models.opnet import HeadLocalizer
        from mmfsa.zoo.weights import kept_path

        path = Path(model) if model else kept_path('opnet_localizer')
        if not path.is_file():
            raise FileNotFoundError(f'there is no model {path}; {REMEDY}')
        if path.suffix == '.onnx':
            raise ValueError(f'{path} is not converted; {REMEDY}')
        self.threshold = threshold
        self.device = device or 'cpu'
        network = HeadLocalizer()
        try:
            network.load_state_dict(load_checkpoint(path).get('state_dict', {}))
        except RuntimeError as e:  # its message lists every tensor
            raise ValueError(f"{path} is not OpNet's localizer; {REMEDY}") from e
        self._network = network.eval().to(self.device)

    def __call__(self, image: np.ndarray) -> Faces:
        import torch

        from mmfsa.models.opnet.localizer import SIZE

        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        small = cv2.resize(grey, SIZE, interpolation=cv2.INTER_AREA)
        frame = torch.from_numpy(small)[None, None].to(self.device).float() / 255 - 0.5
        with torch.inference_mode():
            logits, boxes = self._network(frame)
        scores = logits.sigmoid().cpu().numpy()
        found = scores >= self.threshold
        height, width = image.shape[:2]
        boxes = (boxes.cpu().numpy() + 1) / 2 * [width, height, width, height]
        return Faces(boxes.astype(np.float32)[found], self.kind, scores[found])
