"""OpNet's face localizer: a network that gives one box for a whole frame."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from mmfsa.registry import DETECTORS
from mmfsa.structures import Faces
from mmfsa.utils.onnx_session import open_network, provider_of

from .base import BaseDetector

REMEDY = (
    'opentrack has it, head-localizer.onnx: --detector '
    'opentrack-localizer:head-localizer.onnx; or `mmfsa convert head-localizer.onnx`, '
    'then --detector opnet_localizer'
)
Network = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


@DETECTORS.register_module(['opnet_localizer', 'opentrack-localizer'])
class OpNetLocalizer(BaseDetector):
    """The localizer of opentrack: at most one face, from a grey frame of 288x224.

    It is made for one person in front of a camera.

    Args:
        model: opentrack's file `head-localizer.onnx`, which ONNX Runtime runs; or the
            checkpoint that `mmfsa convert head-localizer.onnx MODEL.pth` writes, which
            torch runs; by default the one that it keeps without MODEL.pth.
        threshold: Lowest probability of a face, in [0, 1].
        device: Where it runs, such as `cuda`.
        threads: CPU threads of ONNX Runtime; its choice by default.

    Raises:
        ValueError: If the file holds another model.
        FileNotFoundError: If the model's file is missing.
        ImportError: If onnxruntime is not installed, and the file is an ONNX file.
    """

    kind = 'opnet_localizer'

    def __init__(
        self,
        model: str = '',
        threshold: float = 0.5,
        device: str | None = None,
        threads: int | None = None,
    ) -> None:
        from mmfsa.zoo.weights import kept_path

        path = Path(model) if model else kept_path('opnet_localizer')
        if not path.is_file():
            raise FileNotFoundError(f'there is no model {path}; {REMEDY}')
        self.threshold = threshold
        self._network, self._size = (
            _onnx_network(path, device, threads)
            if path.suffix == '.onnx'
            else _torch_network(path, device or 'cpu')
        )

    def __call__(self, image: np.ndarray) -> Faces:
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        small = cv2.resize(grey, self._size, interpolation=cv2.INTER_AREA)
        frame = small[None, None].astype(np.float32) / 255 - np.float32(0.5)
        logits, boxes = self._network(frame)
        scores = 1 / (1 + np.exp(-logits))
        found = scores >= self.threshold
        height, width = image.shape[:2]
        boxes = (boxes + 1) / 2 * [width, height, width, height]
        return Faces(boxes.astype(np.float32)[found], self.kind, scores[found])


def _onnx_network(
    path: Path, device: str | None, threads: int | None
) -> tuple[Network, tuple[int, int]]:
    """opentrack's own file, which gives the logit and the box in one row; its size."""
    session = open_network(
        path,
        'localizer of opentrack',
        [(5,)],
        provider=provider_of(device),
        threads=threads,
    )
    (frames,) = session.get_inputs()

    def network(frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        (rows,) = session.run(None, {frames.name: frame})
        return rows[:, 0], rows[:, 1:]

    return network, tuple(frames.shape[:1:-1])


def _torch_network(path: Path, device: str) -> tuple[Network, tuple[int, int]]:
    """A checkpoint of `mmfsa convert`, and the width and height of its frames."""
    import torch

    from mmfsa.engine import load_checkpoint
    from mmfsa.models.opnet import HeadLocalizer
    from mmfsa.models.opnet.localizer import SIZE

    localizer = HeadLocalizer()
    try:
        localizer.load_state_dict(load_checkpoint(path).get('state_dict', {}))
    except RuntimeError as e:  # its message lists every tensor
        raise ValueError(f"{path} is not OpNet's localizer; {REMEDY}") from e
    if not all(value.isfinite().all() for value in localizer.state_dict().values()):
        raise ValueError(
            f'{path} holds NaN or infinite weights'
        )  # it would find no face
    localizer.eval().to(device)

    def network(frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with torch.inference_mode():
            logits, boxes = localizer(torch.from_numpy(frame).to(device))
        return logits.cpu().numpy(), boxes.cpu().numpy()

    return network, SIZE
