"""From one image to the poses of its faces."""

from collections.abc import Sequence
from dataclasses import replace
from inspect import signature
from pathlib import Path

import numpy as np
from PIL.Image import Image as Picture

from mmfsa.detection import BaseDetector, build_detector, find_faces
from mmfsa.detection.boxes import LARGEST
from mmfsa.inputs.kinds import KINDS
from mmfsa.methods import RectifiedMethod, UprightMethod, create_model
from mmfsa.methods.loading import Model, Weights
from mmfsa.structures import Camera, Faces, Frame, Poses, read_camera
from mmfsa.utils.depth import depth_of
from mmfsa.utils.images import to_bgr
from mmfsa.utils.threads import OfOneProcess


class HeadPosePredictor(OfOneProcess):
    """The poses of the faces in one image.

    >>> predictor = HeadPosePredictor('fsa_caps_1x1.synthetic', device='cpu')
    >>> image = np.zeros((120, 160, 3), np.uint8)
    >>> poses = predictor(image, boxes=[[40, 30, 90, 90]])
    >>> poses.euler.shape, poses.rotation.shape, poses.valid
    ((1, 3), (1, 3, 3), array([ True]))

    Args:
        model: A name of the zoo, a config, a method or several of these, see
            :func:`mmfsa.create_model`.
        weights: A checkpoint, an ONNX file or an engine, see the same.
        detector: Finds the faces where no boxes are given, see
            :func:`mmfsa.detection.build_detector`. None: the image is the face.
        box_kind: The kind of the boxes that are given (:mod:`mmfsa.inputs.kinds`).
        camera: What took the images: a :class:`~mmfsa.structures.Camera`, its horizontal
            field of view in degrees, its matrix (3, 3) or its JSON file. Then the poses
            are relative to the camera, and have positions. None: not known.
        relative_to: With a camera, what the poses are relative to, `camera` or `ray`, see
            :class:`mmfsa.methods.RectifiedMethod`.
        rectify: With a camera, the way there: `before` the network or `after` it.
        **options: Further arguments of :func:`mmfsa.create_model`: `backend`, `device`,
            `flip_test`, `license`, `trust_pickle`, `threads` (also the detector's).

    Attributes:
        method: The :class:`~mmfsa.methods.Method`.
        detector: The detector.

    Raises:
        TypeError: There is no such option.
        ValueError: There is no such `box_kind`, model or detector.
    """

    def __init__(
        self,
        model: Model | Sequence[Model] | None = None,
        weights: Weights | Sequence[Weights] = None,
        detector: str | dict | BaseDetector | None = None,
        box_kind: str = 'landmarks68',
        camera: Camera | float | str | Path | np.ndarray | None = None,
        relative_to: str = 'camera',
        rectify: str = 'before',
        **options,
    ) -> None:
        takes = signature(create_model).parameters
        for option in options:
            if option not in takes:
                from mmfsa.utils.configs import nearest

                known = [*takes, *signature(type(self)).parameters]
                raise TypeError(
                    f'HeadPosePredictor takes no {option!r}{nearest(option, known)}'
                )
        device = options.get('device')
        threads = options.get('threads')
        self.detector = build_detector(detector or 'none', device, threads)
        if camera is not None:
            camera = read_camera(camera)
        elif (relative_to, rectify) != ('camera', 'before'):
            raise ValueError(
                f'relative_to={relative_to!r}, rectify={rectify!r} would change nothing '
                'without a camera: give one (camera=…; --fov or --camera)'
            )
        self.method = create_model(model, weights, **options)
        if camera is not None:
            self.method = RectifiedMethod(self.method, camera, rectify, relative_to)
        self._answers = UprightMethod(self.method)
        self.box_kind = self._checked(box_kind)

    def __call__(
        self,
        image: np.ndarray | Picture | Frame,
        boxes: np.ndarray | Sequence[Sequence[float]] | None = None,
        box_kind: str | None = None,
        channel_order: str = 'bgr',
        depth: np.ndarray | str | Path | None = None,
    ) -> Poses:
        """The poses of an image's faces.

        Args:
            image: (H, W, 3) BGR uint8 (or grey, or BGRA); a picture of Pillow; or a
                frame, which may have depth, and a camera in place of the constructor's.
            boxes: (n, 4) x1, y1, x2, y2 in pixels; without them the detector finds the
                faces.
            box_kind: The kind of the boxes, in place of the constructor's.
            channel_order: The order of an array's colours: `bgr`, as OpenCV reads
                them, or `rgb`.
            depth: The depth map that belongs to the image, pixel by pixel: (H, W)
                millimetres, or its file, see :func:`mmfsa.utils.depth.read_depth`.

        Returns:
            The :class:`~mmfsa.structures.Poses`: `rotation` (n, 3, 3), `euler` (n, 3)
            yaw, pitch, roll in degrees, `valid` (n,), `boxes` (n, 4) and `spread`. With a
            camera, its `extras` have `translation` (n, 3) in millimetres.

        Raises:
            OSError: The file of the depth map can't be read.
            ValueError: The image, the depth map or the boxes have another shape, or no
                rule turns the kind of box into what the method takes.
        """
        self.check_process()
        frame = image if isinstance(image, Frame) else Frame(image)
        bgr = to_bgr(frame.image, channel_order)
        if bgr is not frame.image:
            frame = replace(frame, image=bgr)
        if depth is not None:
            frame = replace(frame, depth=depth_of(depth, frame.size))
        if boxes is None:
            faces = self.find(frame)
        else:
            faces = Faces(boxes, self._checked(box_kind or self.box_kind))
            _check_boxes(faces.boxes, frame.size)
        return self.predict_batch([frame], [faces])[0]

    def _checked(self, kind: str) -> str:
        """A kind of box, after a look at whether there is one of this name."""
        known = {*KINDS, *(spec.crop.box for spec in self.method.inputs)}
        if kind not in known:
            raise ValueError(
                f'there is no box_kind {kind!r}: {", ".join(sorted(known))}'
            )
        return kind

    def predict_batch(
        self, frames: Sequence[Frame], faces: Sequence[Faces]
    ) -> list[Poses]:
        """The poses of several frames' faces, which go through the network together.

        Where landmarks show that a face lies on its side or stands on its head, the
        method sees it turned (:class:`mmfsa.methods.UprightMethod`).
        """
        return self._answers.predict_batch(frames, faces)

    def find(self, frame: Frame) -> Faces:
        """The faces that the detector finds."""
        return find_faces(self.detector, frame.image)


def _check_boxes(boxes: np.ndarray, image_size: tuple[int, int]) -> None:
    good = np.isfinite(boxes).all(1) & (boxes[:, :2] < boxes[:, 2:]).all(1)
    if not good.all():
        raise ValueError(
            f'box {int(np.argmin(good))} is {boxes[np.argmin(good)].tolist()}: a box is '
            'x1, y1, x2, y2 with x1 < x2 and y1 < y2'
        )
    sides = boxes[:, 2:] - boxes[:, :2]
    small = (sides <= LARGEST * max(image_size)).all(1)
    if not small.all():
        raise ValueError(
            f'box {int(np.argmin(small))} is {boxes[np.argmin(small)].tolist()}, far '
            'larger than the image of {}x{}: is it in pixels?'.format(*image_size)
        )
