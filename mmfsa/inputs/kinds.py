"""Kinds of face boxes, and the measured rules that turn one kind into another.

A box alone says little: a detector's box holds the whole face, the box of 68 landmarks
ends at the brows. Every box in mmfsa therefore has a kind:

* ``visible``: around the landmarks that are seen;
* ``landmarks68``: around all 68 landmarks, seen or not;
* ``pt2d_raw``: around all values of AFLW2000's `pt2d`. A landmark that is not seen has
  x = −1 and y = 452 there, so most of these boxes reach the lower left corner of the image.
  Hopenet's released code takes them (docs/en/protocols.md);
* ``head``: around the head without its hair, as seen from any side;
* ``crop``: the box is the crop itself, nothing is added to it;
* ``blazeface``, ``blazeface_full``, ``centerface``, ``mtcnn``, ``openseeface``,
  ``opnet_localizer``: the boxes of these detectors; ``wider_face``: the boxes of other
  detectors that learned from WIDER FACE;
* ``unnamed``: nobody noted the kind, as in an index of format 1; the box fits every rule
  as it is.
"""

from difflib import get_close_matches
from typing import NamedTuple

import numpy as np

UNNAMED = 'unnamed'
AS_THEY_ARE = UNNAMED, 'crop'
# What the protocol card calls boxes that are not the main ones of an index.
WORDS = {
    'landmarks68': '68 landmarks',
    'visible': 'visible landmarks',
    'pt2d_raw': 'pt2d with the -1 of landmarks that are not seen',
}


class BoxRule(NamedTuple):
    """From one kind of box to another.

    `tools/analysis_tools/calibrate_detector.py` measures the constants.

    Attributes:
        width: Width of the new box, in widths of the given one.
        height: Height of the new box, in heights of the given one.
        down: How far the new centre lies below the given one, in heights of the given
            box.
    """

    width: float = 1.0
    height: float = 1.0
    down: float = 0.0

    def __call__(self, boxes: np.ndarray) -> np.ndarray:
        """(..., 4) x1, y1, x2, y2 to (..., 4).

        >>> BoxRule(width=0.5, height=1, down=0.1)(np.array([0, 0, 20, 20]))
        array([ 5.,  2., 15., 22.])
        """
        start, end = boxes[..., :2], boxes[..., 2:]
        size = end - start
        centre = (start + end) / 2 + size * [0, self.down]
        half = size * [self.width / 2, self.height / 2]
        return np.concatenate([centre - half, centre + half], axis=-1)


# Medians over the faces of AFLW2000 within ±99° (every fourth image); those of `head` over
# rendered heads within 60° of yaw and 40° of pitch. The rules of `wider_face` lie between
# those of CenterFace and MTCNN.
RULES = {
    ('blazeface', 'visible'): BoxRule(width=0.857, height=0.888, down=0.056),
    ('blazeface_full', 'visible'): BoxRule(width=0.817, height=0.843, down=0.092),
    ('centerface', 'visible'): BoxRule(width=0.895, height=0.715, down=0.123),
    ('mtcnn', 'visible'): BoxRule(width=0.921, height=0.726, down=0.126),
    ('openseeface', 'visible'): BoxRule(width=0.92, height=0.979, down=0.177),
    ('opnet_localizer', 'visible'): BoxRule(width=0.98, height=0.642, down=0.096),
    ('wider_face', 'visible'): BoxRule(width=0.908, height=0.72, down=0.125),
    ('landmarks68', 'visible'): BoxRule(width=0.908, height=0.975, down=0.003),
    ('visible', 'centerface'): BoxRule(width=1.118, height=1.399, down=-0.175),
    ('visible', 'mtcnn'): BoxRule(width=1.085, height=1.376, down=-0.176),
    ('visible', 'landmarks68'): BoxRule(width=1.101, height=1.025, down=-0.003),
    ('visible', 'head'): BoxRule(width=1.355, height=1.622, down=-0.25),
    ('landmarks68', 'head'): BoxRule(width=1.231, height=1.582, down=-0.241),
    ('head', 'visible'): BoxRule(width=0.738, height=0.617, down=0.154),
    ('head', 'landmarks68'): BoxRule(width=0.812, height=0.632, down=0.152),
    ('blazeface', 'landmarks68'): BoxRule(width=0.938, height=0.915, down=0.057),
    ('blazeface_full', 'landmarks68'): BoxRule(width=0.891, height=0.866, down=0.091),
    ('centerface', 'landmarks68'): BoxRule(width=0.994, height=0.74, down=0.122),
    ('mtcnn', 'landmarks68'): BoxRule(width=1.03, height=0.749, down=0.125),
    ('wider_face', 'landmarks68'): BoxRule(width=1.012, height=0.745, down=0.124),
    ('openseeface', 'landmarks68'): BoxRule(width=1.043, height=1.012, down=0.178),
    ('opnet_localizer', 'landmarks68'): BoxRule(width=1.114, height=0.664, down=0.093),
}

KINDS = tuple(dict.fromkeys([*(k for pair in RULES for k in pair), *AS_THEY_ARE]))


def misspelt(kind: str) -> bool:
    """Whether a kind looks like a known one with a typo.

    A data set may have kinds of its own, so that not every unknown name is a mistake.
    """
    return kind not in KINDS and bool(get_close_matches(kind, KINDS, n=1, cutoff=0.8))


def convert_boxes(boxes: np.ndarray, kind: str, target: str) -> np.ndarray:
    """Boxes of one kind as boxes of another, by the rule between both or through
    ``visible``.

    Args:
        boxes: (..., 4) x1, y1, x2, y2 in pixels.
        kind: Their kind.
        target: The kind to turn them into.

    Returns:
        (..., 4)

    Raises:
        ValueError: There is no rule from one kind to the other.
    """
    if kind == target or kind in AS_THEY_ARE:
        return boxes
    if (kind, target) in RULES:
        return RULES[kind, target](boxes)
    if (kind, 'visible') in RULES and ('visible', target) in RULES:
        return RULES['visible', target](RULES[kind, 'visible'](boxes))
    if target == 'pt2d_raw':
        raise ValueError(
            f'no box of the kind {target!r}: convert AFLW2000 again (mmfsa data '
            'aflw2000), other data sets have no such boxes'
        )
    known = sorted(source for source, end in RULES if end in (target, 'visible'))
    raise ValueError(
        f'no rule turns a box of the kind {kind!r} into one of the kind {target!r}; '
        f'there are rules from {", ".join(dict.fromkeys(known))}'
    )
