"""Dlib's 68 landmarks by regression trees (Kazemi and Sullivan, CVPR 2014)."""

from pathlib import Path

import numpy as np

from mmfsa.inputs import InputSpec
from mmfsa.registry import METHODS
from mmfsa.structures import Faces, Frame, Poses
from mmfsa.utils.files import native_path, sha256
from mmfsa.utils.packages import import_package

from ..base import Method
from .base import without_poses

# The box of dlib's HOG detector around a face, measured on faces that it finds.
SPEC = dict(
    size=200,
    color='RGB',
    crop=dict(
        box='landmarks68',
        pad=0,
        square=True,
        shift=(0, -0.09),
        scale=1.04,
        border='constant',
        whole='round',
    ),
)
NUM_POINTS = 68


@METHODS.register_module()
class Dlib68(Method):
    """The 68 landmarks that dlib's shape predictor finds; no pose is valid.

    The predictor takes the whole frame and a box, so a crop's size says nothing here. The
    extras have ``landmarks`` in pixels and ``crop_box``, the box of each face.

    Args:
        weights: `shape_predictor_68_face_landmarks.dat`.
        inputs: Changes of the box that the predictor starts from, by default that of
            dlib's detector.

    Raises:
        FileNotFoundError: No file is given, or it is not there.
        ImportError: dlib is not installed.
        ValueError: The file is no predictor of 68 landmarks.
    """

    def __init__(
        self, weights: str | Path | None = None, inputs: dict | InputSpec | None = None
    ) -> None:
        if weights is None or not Path(weights).is_file():
            raise FileNotFoundError(
                f'there are no weights {weights or "of dlib"}: give '
                'shape_predictor_68_face_landmarks.dat as weights (it is in '
                'face_recognition_models of PyPI, and in libdlib-data of Debian)'
            )
        self._dlib = import_package('dlib')
        try:
            with native_path(weights) as file:
                self._predictor = self._dlib.shape_predictor(file)
        except RuntimeError as error:
            raise ValueError(f'{weights} is no shape predictor of dlib') from error
        self.inputs = (InputSpec.from_dict(inputs, SPEC),)
        self.name = Path(weights).stem
        self.weights_sha256 = sha256(weights)
        blank = np.zeros((64, 64, 3), np.uint8)
        found = self._points(blank, (8, 8, 56, 56))
        if len(found) != NUM_POINTS:
            raise ValueError(
                f'{weights} finds {len(found)} landmarks, not {NUM_POINTS}'
            )

    def predict(self, frame: Frame, faces: Faces) -> Poses:
        image = np.ascontiguousarray(frame.image[..., ::-1])
        boxes = [self.inputs[0].box(box, frame.size, faces.kind) for box in faces.boxes]
        found = [self._points(image, box) for box in boxes]
        landmarks = np.array(found).reshape(-1, NUM_POINTS, 2)
        return without_poses(faces, landmarks=landmarks, crop_box=boxes)

    def _points(self, image: np.ndarray, box: tuple[int, ...]) -> np.ndarray:
        """The landmarks (68, 2) of an RGB image in a box whose end is exclusive."""
        left, top, right, bottom = map(int, box)
        area = self._dlib.rectangle(left, top, right - 1, bottom - 1)
        parts = self._predictor(image, area).parts()
        return np.array([(point.x, point.y) for point in parts], np.float64)
