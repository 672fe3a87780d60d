"""The input spec: size, colours and crop of what a network takes.

One :class:`InputSpec` stands in a model's config, in the meta of its checkpoint, in the
metadata of its ONNX file and beside its engine. Whoever runs a file obeys the file's spec.
:meth:`InputSpec.box` is the only box arithmetic of mmfsa: data sets, augmentation on the
device, predictor, tools and demos call it. It computes with numbers and with tensors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, NamedTuple

import numpy as np

from .kinds import AS_THEY_ARE, KINDS, UNNAMED, convert_boxes, misspelt

COLORS = {'BGR': 3, 'RGB': 3, 'grey': 1}  # and their channels
MODALITIES = 'color', 'depth', 'color+depth'
BORDERS = 'clamp', 'replicate', 'reflect', 'constant'
INTERPOLATIONS = 'bilinear', 'bicubic', 'area', 'nearest', 'supersampled'
ALIGNMENTS = None, 'eyes', 'face'
SQUARES = False, True, 'shorter'
SIDES = 'left', 'above', 'right', 'below'
WHOLE = 'truncate', 'truncate_crop', 'round'


class Jitter(NamedTuple):
    """What a training changes about the crop of one face, or of many (tensors).

    Attributes:
        pad: Padding of the four sides in place of the rule's; None: the rule's.
        times: Factor of the padding.
        right: How far the box moves to the right, in widths of it.
        down: How far the box moves down, in heights of it.
        wider: What is added to the box's width, in widths of it.
    """

    pad: Any = None
    times: Any = 1.0
    right: Any = 0.0
    down: Any = 0.0
    wider: Any = 0.0


NO_JITTER = Jitter()


@dataclass(frozen=True)
class CropRule:
    """From the box of a face to the part of the image that a network sees.

    The steps, in their order: `whole` may cut the box to whole pixels; `pad` is added;
    `square` makes it a square; `shift` moves it; `scale` widens it about its centre;
    `whole` makes whole pixels of it; `border` says what happens beyond the image.

    Attributes:
        box: The kind of box that the rule starts from (:mod:`mmfsa.inputs.kinds`).
        pad: What is added on the left, above, on the right and below, as fractions of
            the box's width and height; one number serves all four sides.
        square: True: the shorter side of the padded box grows until it is a square.
            ``shorter``: the longer side shrinks, as where an image is resized by its
            shorter side and cut at its centre. False: the box keeps its form.
        shift: How far the crop moves to the right and down, in its width and height.
        scale: Factor of the crop's sides, about its centre.
        border: Beyond the image the crop is cut (``clamp``), or filled: the edge
            repeated (``replicate``), mirrored (``reflect``) or black (``constant``).
        inclusive: The last row and column of the box belong to the crop.
        align: ``eyes``: the image is turned until the eyes are level, and the pose is
            turned back. ``face``: until the eyes are level and the mouth is below them, as
            far as both go together; it also holds for a face in profile, whose eyes
            are one behind the other. None: the image is not turned.
        whole: ``truncate``: box and crop are cut to whole pixels. ``truncate_crop``: only
            the crop is, and the box stays as it is. ``round``: the crop is rounded to the
            nearest pixels, and the box stays as it is.

    Raises:
        ValueError: A value is out of its range.
    """

    box: str = 'visible'
    pad: Sequence[float] = (0.6, 0.6, 0.6, 0.6)
    square: bool | str = False
    shift: Sequence[float] = (0.0, 0.0)
    scale: float = 1.0
    border: str = 'clamp'
    inclusive: bool = False
    align: str | None = None
    whole: str = 'truncate'

    def __post_init__(self) -> None:
        pad = self.pad if isinstance(self.pad, Sequence) else (self.pad,) * 4
        object.__setattr__(self, 'pad', tuple(pad))
        object.__setattr__(self, 'shift', tuple(self.shift))
        _check(len(self.pad) == 4 and min(self.pad) >= -0.4, self, 'pad', 'four sides')
        _check(len(self.shift) == 2, self, 'shift', '(right, down)')
        _check(self.scale > 0, self, 'scale', 'above 0')
        _check(not misspelt(self.box), self, 'box', f'one of {KINDS}')
        _check(self.border in BORDERS, self, 'border', f'one of {BORDERS}')
        _check(self.square in SQUARES, self, 'square', f'one of {SQUARES}')
        _check(self.align in ALIGNMENTS, self, 'align', f'one of {ALIGNMENTS}')
        _check(self.whole in WHOLE, self, 'whole', f'one of {WHOLE}')

    def __str__(self) -> str:
        """The rule in words, for reports: results compare only under the same rule."""
        left, *others = self.pad
        if all(pad == left for pad in others):
            words = [f'face box + {left} of its size on each side']
        else:
            pads = zip(self.pad, SIDES, strict=True)
            words = ['face box + ' + ', '.join(f'{p:g} {side}' for p, side in pads)]
        if self.square:
            shorter = self.square == 'shorter'
            words.append('squared by the shorter side' if shorter else 'squared')
        if any(self.shift):
            words.append('moved by {} to the right and {} down'.format(*self.shift))
        if self.scale != 1:
            words.append(f'times {self.scale}')
        if self.align:
            words.append(f'aligned by the {self.align}')
        if self.whole != 'truncate':
            words.append('rounded' if self.whole == 'round' else 'from the exact box')
        words.append(
            'cut at the image' if self.border == 'clamp' else f'{self.border} border'
        )
        words.append(f'{"inclusive" if self.inclusive else "exclusive"} end')
        return ', '.join(words)

    def own_box(self, kind: str, box: Sequence[float]) -> Sequence[float]:
        """A box of another kind (:mod:`mmfsa.inputs.kinds`) as one of the rule's kind.

        Raises:
            ValueError: No rule turns that kind of box into the rule's.
        """
        if kind in (UNNAMED, self.box):
            return box
        return convert_boxes(np.asarray(box), kind, self.box).tolist()

    def own_boxes(self, boxes: np.ndarray, kind: str) -> tuple[Sequence, str]:
        """All boxes (n, 4) of a frame as boxes of the rule's kind, in one step.

        Returns:
            The n boxes and their kind: the rule's, or the given one where nothing is to
            be converted.

        Raises:
            ValueError: No rule turns that kind of box into the rule's.
        """
        if not len(boxes) or kind in (*AS_THEY_ARE, self.box):
            return boxes, kind
        return convert_boxes(boxes, kind, self.box).tolist(), self.box

    def apply(
        self, box: Sequence, image_size: tuple[int, int], jitter: Jitter = NO_JITTER
    ) -> tuple:
        """The crop of a box of the rule's own kind, or of many such boxes.

        Args:
            box: x1, y1, x2, y2 in pixels: four numbers, or four tensors (N,).
            image_size: Width and height of the image in pixels.
            jitter: What a training changes.

        Returns:
            left, top, right, bottom in whole pixels, the end exclusive, as numbers or
            tensors like the box's. Without ``clamp`` they may lie beyond the image.
        """
        x1, y1, x2, y2 = map(_truncated, box) if self.whole == 'truncate' else box
        w, h = x2 - x1, y2 - y1
        x1, x2 = x1 - jitter.wider * w / 2, x2 + jitter.wider * w / 2
        w = x2 - x1
        pads = self.pad if jitter.pad is None else jitter.pad
        pads = [pad * jitter.times for pad in pads]
        left = x1 + jitter.right * w - pads[0] * w
        top = y1 + jitter.down * h - pads[1] * h
        right = x2 + jitter.right * w + pads[2] * w
        bottom = y2 + jitter.down * h + pads[3] * h
        if self.square or any(self.shift) or self.scale != 1:
            width, height = right - left, bottom - top
            if self.square == 'shorter':
                width = height = _smaller(width, height)
            elif self.square:
                width = height = _larger(width, height)
            x = (left + right) / 2 + self.shift[0] * width
            y = (top + bottom) / 2 + self.shift[1] * height
            width, height = self.scale * width, self.scale * height
            left, top, right, bottom = (
                x - width / 2,
                y - height / 2,
                x + width / 2,
                y + height / 2,
            )
        whole = _rounded if self.whole == 'round' else _truncated
        left, top, right, bottom = map(whole, (left, top, right, bottom))
        if self.border == 'clamp':
            left, top = _at_least(left, 0), _at_least(top, 0)
            right = _at_most(right, image_size[0] - 1)
            bottom = _at_most(bottom, image_size[1] - 1)
        return left, top, right + self.inclusive, bottom + self.inclusive


@dataclass(frozen=True)
class InputSpec:
    """What a network takes. The defaults are FSA-Net's.

    Attributes:
        size: Width and height of the crop in pixels; one number serves both.
        color: ``BGR``, ``RGB`` or ``grey``.
        mean: What is subtracted from each channel, on the scale 0 to 255; empty: nothing.
        std: What each channel is divided by, on the scale 0 to 255; empty: nothing.
        interpolation: How the crop is resized: ``bilinear``, ``bicubic``, ``area``,
            ``nearest`` or ``supersampled``. The last takes the mean of 2x2 bilinear
            samples for each pixel; a crop of this very size stays as it is. In large faces
            a single sample leaves out most of the pixels, and the network's pose changes
            with every move of the crop.
        modality: ``color``, ``depth`` or ``color+depth``. A network's depth is the face's
            relief (:mod:`mmfsa.inputs.relief`), the last channel.
        frames: Number of frames that the network sees at once.
        crop: The :class:`CropRule`.

    Raises:
        ValueError: A value is out of its range.

    >>> spec = InputSpec(size=96, color='RGB', crop=CropRule(pad=(0, 0.5, 0, 0)))
    >>> spec.box([10, 20, 30, 40], (100, 100))
    (10, 10, 30, 40)
    >>> InputSpec.from_dict(spec.to_dict()) == spec
    True
    """

    size: Sequence[int] = (64, 64)
    color: str = 'BGR'
    mean: Sequence[float] = ()
    std: Sequence[float] = ()
    interpolation: str = 'bilinear'
    modality: str = 'color'
    frames: int = 1
    crop: CropRule = field(default_factory=CropRule)

    def __post_init__(self) -> None:
        size = (self.size, self.size) if isinstance(self.size, int) else self.size
        object.__setattr__(self, 'size', tuple(size))
        object.__setattr__(self, 'mean', tuple(self.mean or ()))
        object.__setattr__(self, 'std', tuple(self.std or ()))
        if isinstance(self.crop, Mapping):
            object.__setattr__(self, 'crop', _build(CropRule, self.crop))
        whole = all(isinstance(side, int) and side > 0 for side in self.size)
        _check(len(self.size) == 2 and whole, self, 'size', '(width, height)')
        _check(self.color in COLORS, self, 'color', f'one of {[*COLORS]}')
        for name in ('mean', 'std'):
            values = getattr(self, name)
            fits = len(values) in (0, 1, self.channels)
            _check(fits, self, name, f'{self.channels} numbers, one, or none')
        _check(all(value > 0 for value in self.std), self, 'std', 'above 0')
        _check(
            self.interpolation in INTERPOLATIONS,
            self,
            'interpolation',
            f'one of {INTERPOLATIONS}',
        )
        _check(self.modality in MODALITIES, self, 'modality', f'one of {MODALITIES}')
        _check(self.frames >= 1, self, 'frames', '1 or more')

    @property
    def channels(self) -> int:
        """Number of channels that the network computes with."""
        colors = COLORS[self.color] if self.has_color else 0
        return colors + self.has_depth

    @property
    def planes(self) -> int:
        """Number of planes of a crop: B, G and R, and the relief."""
        return 3 * self.has_color + self.has_depth

    @property
    def has_color(self) -> bool:
        """Whether the image is looked at."""
        return 'color' in self.modality

    @property
    def has_depth(self) -> bool:
        """Whether the depth map is looked at."""
        return 'depth' in self.modality

    @property
    def rule(self) -> str:
        """The crop in words, for reports: results compare only under the same rule."""
        return '{}, resized to {}x{} {}'.format(
            self.crop, *self.size, self.interpolation
        )

    def box(
        self,
        box: Sequence,
        image_size: tuple[int, int],
        kind: str = UNNAMED,
        jitter: Jitter = NO_JITTER,
    ) -> tuple:
        """The crop box of a face, or of many faces.

        Args:
            box: x1, y1, x2, y2 of the face in pixels: four numbers; or, for many faces,
                four tensors (N,) of the rule's own kind.
            image_size: Width and height of the image in pixels.
            kind: The kind of the box; another kind than the rule's is converted first.
            jitter: What a training changes.

        Returns:
            left, top, right, bottom in whole pixels, the end exclusive. Beyond the image
            it reaches unless the rule's border is ``clamp``.

        Raises:
            ValueError: No rule turns that kind of box into the rule's.
        """
        rule = self.crop
        if kind == 'crop':
            rule = replace(
                rule, pad=0, shift=(0, 0), scale=1, inclusive=True, align=None
            )
        else:
            box = rule.own_box(kind, box)
        return rule.apply(box, image_size, jitter)

    def changed(self, crop: Mapping | None = None, **changes: Any) -> 'InputSpec':
        """The spec with other values; `crop` changes some values of the crop rule."""
        if crop:
            changes['crop'] = _build(CropRule, {**asdict(self.crop), **crop})
        return replace(self, **changes)

    def to_dict(self) -> dict:
        """Plain Python, for a config, a checkpoint's meta and a file's metadata."""
        return {
            **_plain(asdict(self)),
            'crop': _plain(asdict(self.crop)),
        }

    @classmethod
    def from_dict(
        cls, values: 'Mapping | InputSpec | None', default: Mapping | None = None
    ) -> 'InputSpec':
        """The spec of a config's `inputs`, or of what :meth:`to_dict` wrote.

        Args:
            values: The settings.
            default: What holds where they say nothing, of the crop rule, too.

        Raises:
            ValueError: There is no such setting, or a value is out of its range.
        """
        if isinstance(values, cls):
            return values
        values, default = values or {}, default or {}
        merged = {**default, **values}
        if 'crop' in default and isinstance(values.get('crop'), Mapping):
            merged['crop'] = {**default['crop'], **values['crop']}
        return _build(cls, merged)


def in_crop(box: Sequence[float], crop_box: Sequence[float]) -> list[float]:
    """A box of the image in the units of a crop.

    Args:
        box: x1, y1, x2, y2 in pixels of the image.
        crop_box: left, top, right, bottom of the crop, the end exclusive.

    Returns:
        x1, y1, x2, y2: −1 to 1 from the left (upper) edge of the crop to the right
        (lower) one.

    >>> in_crop([15, 20, 25, 40], (10, 20, 30, 60))
    [-0.5, -1.0, 0.5, 0.0]
    """
    left, top, right, bottom = crop_box
    sides = (left, right), (top, bottom)
    return [
        (2 * value - low - high) / (high - low)
        for value, (low, high) in zip(box, 2 * sides, strict=True)
    ]


def _build(kind: type, values: Mapping) -> Any:
    known = {f.name for f in fields(kind)}
    unknown = [key for key in values if key not in known]
    if unknown:
        raise ValueError(
            f'{kind.__name__} has no {", ".join(map(repr, unknown))}: it takes '
            f'{", ".join(sorted(known))}'
        )
    return kind(**values)


def _check(holds: bool, of: object, name: str, expected: str) -> None:
    if not holds:
        raise ValueError(
            f'{type(of).__name__}: {name} must be {expected}, got {getattr(of, name)!r}'
        )


def _plain(values: dict) -> dict:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}


# Numbers and tensors alike: a tensor has these as methods.
def _truncated(value: Any) -> Any:
    return value.trunc() if hasattr(value, 'trunc') else int(value)


def _rounded(value: Any) -> Any:
    return value.round() if hasattr(value, 'trunc') else round(value)


def _larger(one: Any, other: Any) -> Any:
    return one.maximum(other) if hasattr(one, 'maximum') else max(one, other)


def _smaller(one: Any, other: Any) -> Any:
    return one.minimum(other) if hasattr(one, 'minimum') else min(one, other)


def _at_least(value: Any, low: int) -> Any:
    return value.clamp(min=low) if hasattr(value, 'clamp') else max(value, low)


def _at_most(value: Any, high: int) -> Any:
    return value.clamp(max=high) if hasattr(value, 'clamp') else min(value, high)
