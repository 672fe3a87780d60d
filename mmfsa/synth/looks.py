"""How a head is to look, as plain tuples that compiled code takes.

Colours are (3,) linear RGB, lengths decimetres, heights from the mean head's origin up.
"""

from typing import NamedTuple

import numpy as np


class Looks(NamedTuple):
    """A person's own.

    Attributes:
        skin, lips, lids, hair, beard, brows, iris: Colours.
        gloss: Of the skin, 0 to 1.
        blotches: Contrast of the skin's unevenness.
        hairline: (12,) its height at ``person.AZIMUTH``.
        parting: Slope of the hairline to one side.
        volume: Thickness of the hair; 0 is shaved.
        puff: How much of the volume varies from place to place.
        crown: Extra thickness on top.
        strand_contrast: Of the strands that one sees.
        strand_count: Per radian around the head.
        moustache, chin, cheeks: Density of the beard there, 0 to 1.
        beard_length: Its thickness.
        brow_width: Half the brows' thickness.
        brow_density: 0 to 1.
        offset: (2,) where in the noise this person's skin and hair begin.
    """

    skin: np.ndarray
    lips: np.ndarray
    lids: np.ndarray
    hair: np.ndarray
    beard: np.ndarray
    brows: np.ndarray
    iris: np.ndarray
    gloss: float
    blotches: float
    hairline: np.ndarray
    parting: float
    volume: float
    puff: float
    crown: float
    strand_contrast: float
    strand_count: float
    moustache: float
    chin: float
    cheeks: float
    beard_length: float
    brow_width: float
    brow_density: float
    offset: np.ndarray


class Outfit(NamedTuple):
    """What a head wears in one picture.

    Attributes:
        hat, garment, mask, frame, lens: Colours.
        hat_edge: (12,) lower edge of hat or hood at ``person.AZIMUTH``.
        hat_thickness: Of hat or hood.
        has_brim: The hat is a cap.
        mask_top: Upper edge of a face mask; −9 where none is worn.
        collar: Its height.
        neckline: How far it dips in front.
        garment_thickness: Of what is below the collar.
        stripes: (2,) contrast and number per decimetre.
        has_glasses: Glasses are worn.
        has_lenses: They are dark.
    """

    hat: np.ndarray
    garment: np.ndarray
    mask: np.ndarray
    frame: np.ndarray
    lens: np.ndarray
    hat_edge: np.ndarray
    hat_thickness: float
    has_brim: bool
    mask_top: float
    collar: float
    neckline: float
    garment_thickness: float
    stripes: np.ndarray
    has_glasses: bool
    has_lenses: bool


class Lights(NamedTuple):
    """What shines on the head; lamps are directional, and the first casts the shadow.

    Attributes:
        ambient: (3,) light from all around.
        gradient: (3, 3) direction × colour: ``ambient + n · gradient`` reaches a
            surface of normal n.
        directions: (L, 3) unit vectors towards the lamps.
        halfways: (L, 3) unit vectors halfway between the lamps and the viewer.
        colours: (L, 3) of the lamps.
        frame: (3, 3) rows: the shadow map's axes, the last one towards the lamp.
        softness: Of the shadow's edge, in pixels of the map.
        shadow: (S, S) float32 nearness to the first lamp.
        scale: Pixels of the map per decimetre.
    """

    ambient: np.ndarray
    gradient: np.ndarray
    directions: np.ndarray
    halfways: np.ndarray
    colours: np.ndarray
    frame: np.ndarray
    softness: float
    shadow: np.ndarray
    scale: float


def compact(looks: Looks | Outfit) -> Looks | Outfit:
    """The same with tuples for arrays, which compiled code need not count."""
    return type(looks)(
        *(tuple(v.tolist()) if isinstance(v, np.ndarray) else v for v in looks)
    )
