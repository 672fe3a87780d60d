"""The method of nearly all networks: each face is cut out, and its crop has a pose."""

import math
from collections.abc import Callable, Sequence
from copy import copy
from itertools import accumulate, pairwise

import numpy as np

from mmfsa.deploy.backends.base import Backend
from mmfsa.inputs import Crop, InputSpec, NoPixelError, crop_face, cut
from mmfsa.inputs.kinds import AS_THEY_ARE
from mmfsa.inputs.relief import shows_a_head
from mmfsa.structures import Faces, Frame, Poses, mean_pose, rotate_pose_in_plane

from .base import Method
from .depth import measured_depth

NO_PIXEL = 'the image has no pixel of the face'
NO_OUTPUTS = dict(pose=np.empty((0, 3), dtype=np.float32))
NO_HEAD = 'the depth map shows no head in the place of the face'


class CropMethod(Method):
    """A network that takes crops of faces.

    Args:
        network: What runs the network.
        spec: The network's input spec.
        name: The network's name, for records.
        weights_sha256: SHA-256 of the weights' file.
        model: The torch model behind the network, where there is one.
        made_by: The experiment that made the weights, where their file says it.

    Raises:
        NotImplementedError: The spec asks for several frames.
    """

    def __init__(
        self,
        network: Backend,
        spec: InputSpec,
        name: str,
        weights_sha256: str = '',
        model=None,
        made_by: str | None = None,
    ) -> None:
        if spec.frames != 1:
            raise NotImplementedError(
                f'{name} takes frames={spec.frames}: a CropMethod shows a network one '
                'crop a face'
            )
        self.network = network
        self.inputs = (spec,)
        self.name = name
        self.weights_sha256 = weights_sha256
        self.model = model
        self.made_by = made_by

    @property
    def spec(self) -> InputSpec:
        """The network's input spec."""
        return self.inputs[0]

    def seeing(self, spec: InputSpec) -> 'CropMethod':
        """The same network, which sees other crops of the faces.

        Args:
            spec: The other input spec, with the size and colours of this one's.
        """
        other = copy(self)
        other.inputs = (spec,)
        return other

    def predict(self, frame: Frame, faces: Faces) -> Poses:
        return self.predict_batch([frame], [faces])[0]

    def predict_batch(
        self, frames: Sequence[Frame], faces: Sequence[Faces]
    ) -> list[Poses]:
        """The poses of several frames' faces, which go through the network together.

        The extras have ``crop`` (the images that the network saw) and ``crop_box``; both
        are None for a face without a pixel in the frame, or without a head in the depth
        map of a network that sees depth; its pose is not valid. A
        network's ``landmarks``, fractions of its crop, become pixels of the frame.

        A detector's boxes are less exact than those that networks learn from. Where the
        network says where its crop should lie (``crop_offset``), and the boxes are not of
        its rule's own kind, it looks once more, from there. The pose is the mean of both
        looks, the crop that of the second.
        """
        return self._answers(frames, faces, self._run)

    def _answers(
        self,
        frames: Sequence[Frame],
        faces: Sequence[Faces],
        run: Callable[[Sequence[Crop | None]], dict[str, np.ndarray]],
    ) -> list[Poses]:
        """What `run` says of the faces' crops, as poses."""
        seen = [
            one for pair in zip(frames, faces, strict=True) for one in self.crops(*pair)
        ]
        crops = [None if isinstance(one, str) else one for one in seen]
        reasons = [one if isinstance(one, str) else '' for one in seen]
        outputs = dict(run(crops))
        offsets = outputs.pop('crop_offset', None)
        if offsets is not None and any(map(self._is_guess, faces)):
            crops = self._better_crops(crops, offsets, frames, faces)
            outputs = _mean_of_looks(outputs, run(crops))
        found = np.array([crop is not None for crop in crops], dtype=bool)
        outputs = {name: _spread_out(value, found) for name, value in outputs.items()}
        for i, crop in enumerate(crops):
            if crop is not None and 'landmarks' in outputs:
                outputs['landmarks'][i] = crop.to_image(outputs['landmarks'][i])
            if crop is not None and crop.turn:
                pose = rotate_pose_in_plane(outputs['pose'][i], -crop.turn)
                outputs['pose'][i] = pose
                outputs.pop('rotation', None)
        ends = [0, *accumulate(map(len, faces))]
        return [
            Poses.from_outputs(
                {name: value[start:end] for name, value in outputs.items()},
                boxes=one.boxes,
                reasons=reasons[start:end],
                extras=dict(
                    crop=[c and c.image for c in crops[start:end]],
                    crop_box=[c and c.box for c in crops[start:end]],
                ),
            )
            for one, (start, end) in zip(faces, pairwise(ends), strict=True)
        ]

    def crops(self, frame: Frame, faces: Faces) -> list[Crop | str]:
        """What the network sees of each face, or why there is nothing to see.

        Raises:
            ValueError: The network sees depth, and the frame has no depth map, or one that
                is none of its image.
        """
        depth = None
        if self.spec.has_depth:
            depth = measured_depth(frame, self.name)
        seen = []
        boxes, kind = self.spec.crop.own_boxes(faces.boxes, faces.kind)
        for i, box in enumerate(boxes):
            landmarks = None if faces.landmarks is None else faces.landmarks[i]
            try:
                crop = crop_face(frame.image, box, self.spec, kind, landmarks, depth)
            except NoPixelError:
                crop = NO_PIXEL
            else:
                if self.spec.has_depth and not shows_a_head(crop.image[..., -1]):
                    crop = NO_HEAD
            seen.append(crop)
        return seen

    def _is_guess(self, faces: Faces) -> bool:
        """Whether a rule has made the faces' boxes from boxes of another kind.

        Crops that are turned, or show depth, get no second look.
        """
        if self.spec.crop.align or self.spec.has_depth:
            return False
        return faces.kind not in (self.spec.crop.box, *AS_THEY_ARE)

    def _better_crops(
        self,
        crops: Sequence[Crop | None],
        offsets: np.ndarray,
        frames: Sequence[Frame],
        faces: Sequence[Faces],
    ) -> list[Crop | None]:
        """The crops where the network sees the faces, of boxes that are a guess.

        Args:
            crops: Those of all frames' faces; None: there is none.
            offsets: (n, 3) what the network says of each crop that is there.
            frames, faces: As in :meth:`predict_batch`.
        """
        origins = [
            frame.image if self._is_guess(one) else None
            for frame, one in zip(frames, faces, strict=True)
            for _ in one.boxes
        ]
        offsets = iter(offsets)
        return [
            crop and self._better_crop(crop, next(offsets), image)
            for crop, image in zip(crops, origins, strict=True)
        ]

    def _better_crop(
        self, crop: Crop, offset: np.ndarray, image: np.ndarray | None
    ) -> Crop:
        if image is None or not math.isfinite(offset.sum()):
            return crop
        try:
            return Crop(*cut(image, self.spec, crop.moved(offset)))
        except NoPixelError:
            return crop

    def estimate(self, crops: np.ndarray) -> np.ndarray:
        """The poses (N, 3) of uint8 crops (N, H, W, planes) of the spec's size."""
        return self.network.estimate(crops)

    def _run(self, crops: Sequence[Crop | None]) -> dict[str, np.ndarray]:
        """What the network says of the crops that are there."""
        return self._outputs([crop.image for crop in crops if crop is not None])

    def _outputs(self, images: list[np.ndarray]) -> dict[str, np.ndarray]:
        return self.network.run_crops(np.array(images)) if images else dict(NO_OUTPUTS)


def _mean_of_looks(
    first: dict[str, np.ndarray], second: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """The mean poses and spreads of two looks at n faces; the rest of the second."""
    outputs = dict(second, pose=mean_pose(np.stack([first['pose'], second['pose']])))
    if 'spread' in outputs:
        outputs['spread'] = (first['spread'] + second['spread']) / 2
    for name in ('crop_offset', 'rotation'):  # the pose says the rotation
        outputs.pop(name, None)
    return outputs


def _spread_out(values: np.ndarray, found: np.ndarray) -> np.ndarray:
    """The values in the rows of the faces that were found, NaN or False in others."""
    if found.all():
        return np.array(values)
    missing = False if values.dtype == bool else np.nan
    rows = np.full((len(found), *values.shape[1:]), missing, values.dtype)
    rows[found] = values
    return rows
