"""Head poses without torch and mmengine: numpy, OpenCV and ONNX Runtime are enough.

It is the code of :class:`~mmfsa.apis.HeadPosePredictor` with the networks that come with
mmfsa as ONNX files:

>>> from mmfsa.lite import HeadPose
>>> head_pose = HeadPose('nano', detector='none')  # each image is a face
>>> (face,) = head_pose(np.full((80, 80, 3), 128, np.uint8))
>>> face['valid'], sorted(face)[:3]
(True, ['box', 'camera', 'convention'])
"""

import math
from pathlib import Path

import numpy as np

from mmfsa.apis.inferencer import records_of, samples_of
from mmfsa.apis.predictor import HeadPosePredictor
from mmfsa.detection import BaseDetector
from mmfsa.structures import Frame
from mmfsa.tracking import FaceFollower, PoseSmoother
from mmfsa.utils.images import to_bgr
from mmfsa.utils.threads import OfOneProcess


class HeadPose(OfOneProcess):
    """The poses of the faces in images, or in the frames of one video.

    Args:
        model: A name of weights that come with mmfsa as an ONNX file, such as `nano`; by
            default the best. Or the path of an ONNX file of `mmfsa export`.
        backend: `onnxruntime`; or `opencv`, which needs no further package.
        detector: The face detector, see :func:`mmfsa.detection.build_detector`.
        license: `free` for weights that may be used for anything, or `any`, which are more
            accurate. It chooses among mmfsa's own weights.
        follow: The images are the frames of one video: faces get numbers.
        detect_every: With `follow`, detect faces in every so-many-th frame.
        smooth: With `follow`, smooth each face's rotation; True, or `learned`, `kalman`,
            `one-euro`.

    Attributes:
        predictor: The :class:`~mmfsa.apis.HeadPosePredictor` behind it.

    Raises:
        FileNotFoundError: There is no such file.
        ImportError: A package that the backend or the detector needs is not installed.
        ValueError: There is no such model, backend, detector or license; or `smooth` or
            `detect_every` are given without `follow`.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        backend: str = 'onnxruntime',
        detector: str | dict | BaseDetector = 'all',
        license: str = 'any',  # noqa: A002
        follow: bool = False,
        detect_every: int = 1,
        smooth: bool | str = False,
    ) -> None:
        if not follow and (smooth or detect_every != 1):
            raise ValueError('smooth and detect_every are for videos: give follow=True')
        weights = model if Path(str(model)).suffix == '.onnx' else None
        self.predictor = HeadPosePredictor(
            None if weights else model,
            weights,
            detector,
            backend=backend,
            license=license,
        )
        self._find = self.predictor.find
        if follow:
            follower = FaceFollower(self.predictor.detector, detect_every)
            self._find = lambda frame: follower(frame.image)
        self._follow = follow
        self._smoother = PoseSmoother(smooth) if smooth else None
        self._index = 0

    def __call__(self, image: np.ndarray, time: float | None = None) -> list[dict]:
        """The faces of an image, or of the video's next frame.

        Args:
            image: (H, W, 3) BGR uint8 (or grey, or BGRA).
            time: The frame's time in seconds, later than the last one's; by default 30
                frames are a second.

        Returns:
            A record for each face (docs/en/inference.md), with `yaw`, `pitch` and `roll`
            in degrees; None in place of numbers where `valid` is False.

        Raises:
            ValueError: It is no image; or the time is not later than the last frame's.
        """
        self.check_process()
        frame = Frame(to_bgr(image))
        if self._follow:
            frame.index = self._index
            frame.time = self._index / 30 if time is None else time
            if not math.isfinite(frame.time):
                raise ValueError(f'time must be a number of seconds, got {time}')
            self._index += 1
        faces = self._find(frame)
        (poses,) = self.predictor.predict_batch([frame], [faces])
        samples = samples_of(frame, faces, poses, self._smoother)
        return records_of(samples, self.predictor.method)
