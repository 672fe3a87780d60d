"""The looks, clothes and light of one head, as plain tuples that compiled code takes.

Colours are (3,) linear RGB. Lengths are in decimetres. Heights count upwards from the mean
head's origin.
"""

from typing import NamedTuple

import numpy as np


class Looks(NamedTuple):
    """The looks that a person keeps from picture to picture.

    Attributes:
        skin, lips, lids, hair, beard, brows, iris: Colours.
        gloss: How much the skin shines, 0 to 1.
        blotches: Contrast of the skin's unevenness.
        hairline: (12,) height of the hairline at ``person.AZIMUTH``.
        parting: Slope of the hairline to one side.
        volume: Thickness of the hair; 0 is shaved.
        puff: How much of the volume varies from place to place.
        crown: Extra thickness on top.
        strand_contrast: Contrast of the visible strands of hair.
        strand_count: Number of strands per radian around the head.
        moustache, chin, cheeks: Density of the beard in these places, 0 to 1.
        beard_length: Thickness of the beard.
        brow_width: Half the brows' thickness.
        brow_density: Density of the brows, 0 to 1.
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
        hat_edge: (12,) height of the lower edge of hat or hood at ``person.AZIMUTH``.
        hat_thickness: Thickness of hat or hood.
        has_brim: The hat is a cap.
        mask_top: Height of the upper edge of a face mask; −9 without a mask.
        collar: Height of the collar.
        neckline: How far the collar dips in front.
        garment_thickness: Thickness of the clothes below the collar.
        stripes: (2,) contrast of the stripes, and their number per decimetre.
        has_glasses: Glasses are worn.
        has_lenses: The glasses are dark.
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
    """The light on the head. Lamps are directional, and the first one casts the shadow.

    Attributes:
        ambient: (3,) light from all around.
        gradient: (3, 3) direction × colour. A surface with the normal n receives
            ``ambient + n · gradient``.
        directions: (L, 3) unit vectors towards the lamps.
        halfways: (L, 3) unit vectors halfway between the lamps and the viewer.
        colours: (L, 3) colours of the lamps.
        frame: (3, 3) the shadow map's axes as rows, the last one towards the lamp.
        softness: Width of the shadow's edge, in pixels of the shadow map.
        shadow: (S, S) float32 shadow map: nearness to the first lamp.
        scale: Pixels of the shadow map per decimetre.
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
    """Replace arrays by tuples, whose length compiled code knows."""
    return type(looks)(
        *(tuple(v.tolist()) if isinstance(v, np.ndarray) else v for v in looks)
    )
