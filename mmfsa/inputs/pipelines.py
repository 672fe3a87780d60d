"""The crops of released test code, by name, as crop rules for each data set.

Many networks are published with numbers of Hopenet's test code, or of code that was made
from it. A rule here takes the place of a network's own (`tools/test.py --pipeline`): the
crop and the shape stay those of the released code, the input size is the network's.
docs/en/protocols.md measures what each one costs.
"""

from collections.abc import Sequence

from .spec import CropRule

DETECTOR = 'detector'
BOXES = 'visible', 'landmarks68', 'pt2d_raw', DETECTOR  # what a test can cut faces from


def in_order(left: float, above: float, right: float, below: float) -> Sequence[float]:
    """Padding of code that moves one side after the other.

    Hopenet's code moves the left and the upper side first. The padding of the right and
    of the lower side is then a share of the box that is already wider and higher.

    Args:
        left: Share of the box's width.
        above: Share of the box's height.
        right: Share of the width, the left padding included.
        below: Share of the height, the upper padding included.

    Returns:
        The padding of a :class:`CropRule`, as shares of the box before it is moved.

    >>> [round(pad, 4) for pad in in_order(0.4, 0.4, 0.4, 0.12)]
    [0.4, 0.4, 0.56, 0.168]
    """
    return left, above, right * (1 + left), below * (1 + above)


def hopenet_rule(pad: Sequence[float], **crop) -> CropRule:
    """A rule of Hopenet's code: black beyond the image, cut at the centre of the crop."""
    return CropRule(
        pad=pad, square='shorter', border='constant', whole='truncate_crop', **crop
    )


# deep-head-pose, code/datasets.py: AFLW2000 with k = 0.2, BIWI with k = 0.35. On BIWI its
# boxes were those of dockerface; a box of MTCNN stands in for them.
AFLW2000_PAD = in_order(2 * 0.2, 2 * 0.2, 2 * 0.2, 0.6 * 0.2)
BIWI_PAD = in_order(0.6 * 0.35, 0.35, 0.6 * 0.35, 0.6 * 0.35)
PIPELINES: dict[str, dict[str, CropRule]] = {
    # The shorter side becomes 224 pixels, of which all are seen.
    'hopenet': {
        'AFLW2000': hopenet_rule(AFLW2000_PAD, box='pt2d_raw'),
        'BIWI': hopenet_rule(BIWI_PAD, box='mtcnn'),
    },
    # The shorter side becomes 256 pixels, of which the middle 224 are seen.
    'sixdrepnet': {
        'AFLW2000': hopenet_rule(AFLW2000_PAD, box='pt2d_raw', scale=224 / 256),
    },
}


def pipeline_rule(name: str, dataset: str) -> CropRule:
    """The crop rule of a pipeline for a data set.

    Args:
        name: One of :data:`PIPELINES`.
        dataset: The data set's name, as its metainfo says it.

    Raises:
        ValueError: There is no such pipeline, or it says nothing about the data set.
    """
    if name not in PIPELINES:
        raise ValueError(f'no pipeline {name!r}: there are {", ".join(PIPELINES)}')
    rules = PIPELINES[name]
    if dataset not in rules:
        raise ValueError(
            f'the pipeline {name} crops {", ".join(rules)}, not {dataset}: choose '
            'another --test-set'
        )
    return rules[dataset]
