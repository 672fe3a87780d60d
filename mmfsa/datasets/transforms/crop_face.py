"""The pipeline's crop: what the network sees of a face, with the changes of training."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from mmcv.transforms import BaseTransform

from mmfsa.inputs import InputSpec, Jitter, convert_boxes, cut, cut_relief
from mmfsa.inputs.crop import turn_of
from mmfsa.inputs.kinds import UNNAMED, WORDS
from mmfsa.registry import TRANSFORMS
from mmfsa.structures import rotate_pose_in_plane

from .base import check_range
from .face_batch import FaceBatch, sample


@TRANSFORMS.register_module()
class CropFace(BaseTransform):
    """Cut the face out of its image, as the input spec of the model says.

    A config names no numbers here: the model hands its spec over before the first image
    (`InputSpecHook`). What a config names is changed in the spec: a protocol's own crop,
    or what a training varies. Without a model the spec is FSA-Net's. A face that is cut
    already (a crop of an ``.npz`` or of the cache) is left as it is.

    Required keys: ``img``, ``boxes`` (by their kind: x1, y1, x2, y2 in pixels; or
    ``face_box``, a box that fits any rule). Modified keys: ``img``, ``img_shape``,
    ``crop_box`` (x1, y1, x2, y2 of the crop in the image, the end exclusive),
    ``crop_rule`` (the rule in words); ``box_source`` (the kind of the box in words), where
    the box is another than the first of ``boxes``, and no step has said it; ``modality``,
    the spec's. For a network that sees depth, ``depth`` is needed (``LoadDepthFromFile``),
    and becomes the relief of the crop (H, W) uint8 (:mod:`mmfsa.inputs.relief`); for others
    it goes.

    Args:
        pad: What is added to the box on each side, as a fraction of its width and
            height: one number, or four (left, above, right, below). A pair (low, high)
            draws one number for each image.
        more: A pair (low, high) draws, for each image, what is added to the padding of
            each side: the same range means the same for every rule.
        times: A pair (low, high) draws, for each image, a factor of the rule's padding.
        shift: The box is moved by up to this fraction of its width and height, drawn
            for each image.
        aspect: Range of a factor of the box's width, drawn for each image: boxes of
            visible landmarks are narrow where ears are covered.
        size: (width, height) of the result in pixels.
        interpolation: How the crop is resized, see :class:`~mmfsa.inputs.InputSpec`.
        inputs: The whole spec (:class:`~mmfsa.inputs.InputSpec` or its values), in place
            of the model's.
        **crop: Values of the :class:`~mmfsa.inputs.CropRule`, such as ``border``,
            ``square``, ``inclusive`` or ``box``.

    Raises:
        ValueError: A value is out of its range, or no such setting.
    """

    def __init__(
        self,
        pad: float | Sequence[float] | None = None,
        more: Sequence[float] | None = None,
        times: Sequence[float] | None = None,
        shift: float = 0.0,
        aspect: Sequence[float] = (1.0, 1.0),
        size: int | Sequence[int] | None = None,
        interpolation: str | None = None,
        inputs: Mapping | InputSpec | None = None,
        **crop: Any,
    ) -> None:
        drawn = isinstance(pad, Sequence) and len(pad) == 2
        self.pad = check_range('pad', pad, -0.4) if drawn else None
        self.more = None if more is None else check_range('more', more, -1)
        self.times = None if times is None else check_range('times', times, 0)
        if sum(map(bool, (self.pad, self.more, self.times))) > 1:
            raise ValueError('the padding is drawn by one of pad, more and times')
        self.shift = shift
        self.aspect = check_range('aspect', aspect, 0.1)
        if not 0 <= shift < 1:
            raise ValueError(f'shift must be in [0, 1), got {shift}')
        if pad is not None and not drawn:
            crop['pad'] = pad
        whole = dict(size=size, interpolation=interpolation)
        self._changes = dict(crop=crop)
        self._changes |= {k: v for k, v in whole.items() if v is not None}
        self.is_told = inputs is not None
        self.spec = InputSpec.from_dict(inputs).changed(**self._changes)

    def set_inputs(self, spec: InputSpec) -> None:
        """Take the model's spec, unless the config gives a whole one."""
        if not self.is_told:
            self.spec = spec.changed(**self._changes)

    def change_rule(self, **crop: Any) -> None:
        """Change values of the crop rule, whatever the config and the model say."""
        self._changes['crop'] = {**self._changes['crop'], **crop}
        self.spec = self.spec.changed(crop=crop)

    @property
    def is_random(self) -> bool:
        """Whether the crop of an image differs from epoch to epoch."""
        ranges = [pair for pair in (self.pad, self.more, self.times) if pair]
        drawn = any(low != high for low, high in ranges)
        return drawn or self.shift > 0 or self.aspect != (1.0, 1.0)

    @property
    def rule(self) -> str:
        """The crop in words, for reports: results compare only under the same rule."""
        words = [self.spec.rule]
        if self.pad is not None:
            words.append('its size on each side drawn from {} to {}'.format(*self.pad))
        if self.more is not None:
            words.append('padding changed by {} to {}'.format(*self.more))
        if self.times is not None:
            words.append('padding times {} to {}'.format(*self.times))
        if self.shift:
            words.append(f'moved by up to {self.shift} of its size')
        if self.aspect != (1.0, 1.0):
            words.append('width times {} to {}'.format(*self.aspect))
        return ', '.join(words)

    def transform(self, results: dict) -> dict:
        self._check_depth(results)
        results['modality'] = self.spec.modality
        if 'crop_box' in results:
            return results
        img = results['img']
        size = img.shape[1::-1]
        kind, face_box = self.choose(results)
        if kind != next(iter(results.get('boxes') or [kind])):
            results.setdefault('box_source', WORDS.get(kind, kind))
        turn = 0.0
        if self.spec.crop.align:
            turn = turn_of(self.spec.crop.align, results.get('landmarks'))
        box = self.spec.box(face_box, size, kind, self._draw())
        try:
            if self.spec.has_depth:
                depth = results['depth']
                results['depth'] = cut_relief(depth, self.spec, box, turn)
            results['img'], box = cut(img, self.spec, box, turn)
        except ValueError as error:
            name = results.get('img_path', 'image')
            raise ValueError(f'{name}: face_box {[*face_box]}: {error}') from error
        results['img_shape'] = results['img'].shape[:2]
        results['crop_box'] = box
        results['crop_rule'] = self.rule
        if turn:
            results['turn'] = turn
            if 'gt_pose' in results:
                pose = rotate_pose_in_plane(results['gt_pose'], turn)
                results['gt_pose'] = pose.astype(np.float32)
                results.pop('gt_rotation', None)
        return results

    def _check_depth(self, results: dict) -> None:
        """Refuse a face without depth for a network that sees it.

        Raises:
            ValueError: There is no depth map.
        """
        if not self.spec.has_depth:
            results.pop('depth', None)
        elif 'depth' not in results or 'crop_box' in results:
            cut_already = 'crop_box' in results
            why = 'its crop was cut without depth' if cut_already else 'it has no depth'
            raise ValueError(
                f'{results.get("img_path", "image")}: the network sees depth, and {why}: '
                'put LoadDepthFromFile before CropFace, and train without a cache'
            )

    def choose(self, results: Mapping) -> tuple[str, Sequence[float]]:
        """The box of a face that the rule starts from, and its kind.

        It is the box of the rule's own kind where the face has one, else the face's
        first box that a rule turns into this kind.

        Raises:
            ValueError: The face has no such box.
        """
        boxes = results.get('boxes') or {UNNAMED: results['face_box']}
        target = self.spec.crop.box
        if target in boxes:
            return target, boxes[target]
        problems = []
        for kind, box in boxes.items():
            try:
                convert_boxes(np.asarray(box, dtype=float), kind, target)
            except ValueError as error:
                problems.append(str(error))
            else:
                return kind, box
        problems = '; '.join(dict.fromkeys(problems))
        raise ValueError(f'{results.get("img_path", "image")}: {problems}')

    def _draw(self) -> Jitter:
        """What is changed about this image's crop."""
        low, high = self._drawn_from()
        if not self.is_random:
            return Jitter(self._pads(low), self._times(low))
        pad = np.random.uniform(low, high)
        dx, dy = np.random.uniform(-self.shift, self.shift, 2)
        # Without it no number is drawn: trainings that had none repeat.
        varies = self.aspect != (1.0, 1.0)
        wider = np.random.uniform(*self.aspect) - 1 if varies else 0.0
        return Jitter(self._pads(pad), self._times(pad), dx, dy, wider)

    def _drawn_from(self) -> tuple[float, float]:
        """The range of what is drawn: the left side's padding, or a factor of all."""
        if self.pad is not None:
            return self.pad
        if self.times is not None:
            return self.times
        low, high = self.more or (0, 0)
        return self.spec.crop.pad[0] + low, self.spec.crop.pad[0] + high

    def _pads(self, drawn: Any) -> tuple:
        """The padding of all sides, from what was drawn: a number or a tensor."""
        pads = self.spec.crop.pad
        if self.pad is not None:
            return (drawn,) * 4
        if self.more is not None:
            return tuple(drawn + (pad - pads[0]) for pad in pads)
        return pads

    def _times(self, drawn: Any) -> Any:
        """The factor of the padding, from what was drawn."""
        return 1.0 if self.times is None else drawn

    def batch(self, faces: FaceBatch) -> FaceBatch:
        """The same for many faces of images of one size, on the device.

        Raises:
            NotImplementedError: The spec asks for depth, aligned faces, or an interpolation
                other than ``bilinear``.
        """
        if self.spec.has_depth:
            raise NotImplementedError(
                'CropFace cuts depth maps one at a time only: train without '
                '--augment-on-device'
            )
        if faces.crop_box is not None:
            return faces
        if self.spec.crop.align:
            raise NotImplementedError(
                'CropFace aligns one image at a time only: train without '
                '--augment-on-device'
            )
        if self.spec.interpolation != 'bilinear':
            raise NotImplementedError(
                f'CropFace resizes {self.spec.interpolation} one image at a time only: '
                "give it interpolation='bilinear', or train without --augment-on-device"
            )
        # Exact where nothing is random: coordinates are cut to whole numbers.
        low, high = self._drawn_from()
        drawn = faces.uniform(low, high) if self.is_random else low
        pads, times = self._pads(drawn), self._times(drawn)
        dx, dy = faces.uniform(-self.shift, self.shift, 2).T
        wider = faces.uniform(*self.aspect) - 1
        size = faces.images.shape[3], faces.images.shape[2]
        box = self.spec.crop.apply(
            faces.face_box.double().T, size, Jitter(pads, times, dx, dy, wider)
        )
        box = torch.stack(box, dim=1).float()
        low, high = box.split(2, dim=1)
        if not (torch.minimum(high, low.new_tensor(size)) > low.clamp(min=0)).all():
            raise ValueError('a face_box has no pixel in its image')

        # cv2 samples between the centres of the crop's pixels, and never beyond them.
        x, y = (
            (torch.arange(n, device=low.device) + 0.5) * ((last - first) / n)[:, None]
            - 0.5
            for n, first, last in zip(self.spec.size, low.T, high.T, strict=True)
        )
        x, y = (
            first[:, None] + steps.clamp(min=0).minimum((last - first - 1)[:, None])
            for steps, first, last in zip((x, y), low.T, high.T, strict=True)
        )
        border = self.spec.crop.border
        border = 'replicate' if border == 'clamp' else border
        return replace(faces, images=sample(faces.images, x, y, border), crop_box=box)

    def __repr__(self) -> str:
        return (
            f'CropFace(pad={self.pad}, more={self.more}, times={self.times}, '
            f'shift={self.shift}, aspect={self.aspect}, inputs={self.spec})'
        )
