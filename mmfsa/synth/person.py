"""Draws a person: face shape, skin, hair, beard and eyes."""

from itertools import product
from typing import NamedTuple

import numpy as np

from .asset import AGES, ETHNICITIES, GENDERS, WEIGHTS, HeadAsset
from .factors import Factors, pick
from .looks import Looks

# Linear RGB reflectance exp(-absorption) of skin: bloodless, and what melanin and
# haemoglobin absorb (a two-chromophore model, Tsumura et al., SIGGRAPH 2003).
BLOODLESS = np.array([0.88, 0.74, 0.62])
MELANIN = np.array([2.0, 2.45, 2.75])
HAEMOGLOBIN = np.array([0.12, 0.6, 0.5])
MELANIN_RANGES = {'african': (0.45, 1.3), 'asian': (0.1, 0.6), 'caucasian': (0.02, 0.4)}

# Linear RGB from black to blond, then red and grey.
HAIR_COLOURS = np.array(
    [
        [0.008, 0.007, 0.007], [0.022, 0.013, 0.009], [0.07, 0.04, 0.022],
        [0.19, 0.12, 0.065], [0.45, 0.32, 0.18], [0.22, 0.075, 0.028],
        [0.28, 0.27, 0.26], [0.5, 0.49, 0.47],
    ]
)  # fmt: skip
IRIS_COLOURS = np.array(
    [[0.02, 0.01, 0.006], [0.07, 0.035, 0.015], [0.1, 0.1, 0.05], [0.12, 0.2, 0.3]]
)

# The hairline's height over the azimuth from the face's middle (0) to the nape (180).
AZIMUTH = np.array([0, 25, 40, 52, 62, 72, 80, 88, 108, 120, 150, 180.0])
HAIRLINE = np.array(
    [0.98, 0.98, 0.9, 0.73, 0.5, 0.25, 0.2, 0.5, 0.42, 0.1, -0.35, -0.45]
)


class Person(NamedTuple):
    """One subject.

    Attributes:
        weights: (K,) weights of the asset's targets for the neutral face.
        looks: Colours and hair of the face.
        length: How far long hair hangs below the eyes, in decimetres; 0 for short hair.
    """

    weights: np.ndarray
    looks: Looks
    length: float


def draw_person(rng: np.random.Generator, factors: Factors, asset: HeadAsset) -> Person:
    """Draw a subject.

    Args:
        rng: Draws everything about the subject.
        factors: The distributions.
        asset: The head whose targets make the face.
    """
    group, away = pick(rng, range(len(AGES)), factors.ages), rng.beta(1.2, 2.0)
    is_older = group == AGES.index('old')
    age = 2 + away if is_older else max(group - away, 0)  # 0 a baby, 2 young, 3 old
    male = float(np.clip((rng.random() < 0.5) + rng.normal(0, 0.12), 0, 1))
    ethnicity = rng.dirichlet([0.5, 0.5, 0.5])
    is_man = male > 0.5 and age > 1.6
    elder = max(age - 2, 0)

    if rng.random() < factors.p_any_skin:
        melanin = rng.uniform(0.02, 1.3)
    else:
        melanin = ethnicity @ [rng.uniform(*MELANIN_RANGES[e]) for e in ETHNICITIES]
    blood = rng.uniform(0.1, 0.75)
    paint = rng.random() ** 3 * (not is_man)  # lipstick and eye shadow

    dark = 1 - 0.75 * ethnicity[2]  # of the hair, where it is natural
    natural = pick(rng, HAIR_COLOURS[:5], [dark, *[(1 - dark) / 4] * 4])
    hair = natural * (1 - rng.beta(1, 2.5)) + HAIR_COLOURS[rng.integers(6)] * 0.2
    hair = np.clip(hair * rng.uniform(0.45, 1.1), 0.004, 0.7)
    grey = rng.random() < elder
    beard = hair * rng.uniform(0.5, 1.1)
    if grey:
        share = rng.uniform(0.3, 1)
        hair = hair * (1 - share) + HAIR_COLOURS[rng.integers(6, 8)] * share
        beard = beard * (1 - share) + HAIR_COLOURS[rng.integers(6, 8)] * share
    hairstyle, length = draw_hair(rng, factors, is_man, elder)
    looks = Looks(
        skin=reflectance(melanin, blood),
        lips=reflectance(melanin + 0.08, blood + rng.uniform(0.3, 1.0) + 1.5 * paint),
        lids=reflectance(melanin + rng.uniform(0, 0.12) + 0.8 * paint, blood + 0.2),
        hair=hair,
        beard=beard,
        brows=np.clip(hair * rng.uniform(0.35, 0.9), 0.004, 0.25),
        iris=pick(rng, IRIS_COLOURS, [dark, *[(1 - dark) / 3] * 3]),
        gloss=rng.uniform(0.1, 1),
        blotches=rng.uniform(0.03, 0.16),
        brow_width=rng.uniform(0.022, 0.042) * (0.85 + 0.4 * male),
        brow_density=rng.uniform(0.35, 0.95),
        offset=rng.random(2),
        **hairstyle,
        **draw_beard(rng, factors, is_man),
    )
    return Person(draw_shape(rng, factors, asset, age, male, ethnicity), looks, length)


def reflectance(melanin: float, blood: float) -> np.ndarray:
    """The colour of skin, (3,) linear RGB, by its melanin and its blood."""
    return BLOODLESS * np.exp(-melanin * MELANIN - blood * HAEMOGLOBIN)


def draw_shape(
    rng: np.random.Generator,
    factors: Factors,
    asset: HeadAsset,
    age: float,
    male: float,
    ethnicity: np.ndarray,
) -> np.ndarray:
    """Draw the weights of the asset's targets.

    Targets of age, gender, ethnicity and body weight blend linearly. Axes of face shape
    add to them.

    Returns:
        (K,) weights.
    """
    fat = np.clip(rng.normal(1, 0.5), 0, 2)
    by_age = between(age, len(AGES))
    by_fat = between(fat, len(WEIGHTS))
    by_gender = [1 - male, male]
    named = {}
    for (g, gender), (a, name) in product(enumerate(GENDERS), enumerate(AGES)):
        share = by_gender[g] * by_age[a]
        for e, ethnic in enumerate(ETHNICITIES):
            named[f'{ethnic}-{gender}-{name}'] = share * ethnicity[e]
        for w, weight in enumerate(WEIGHTS):
            label = f'universal-{gender}-{name}-averagemuscle-{weight}'
            named[label] = share * by_fat[w]
    weights = np.zeros(len(asset.names))
    weights[asset.columns(list(named))] = list(named.values())

    std = np.full(len(asset.axes), factors.shape_std)
    asymmetric = [
        name.startswith('shape-asym') for name in asset.names[asset.axes[:, 0]]
    ]
    std[asymmetric] *= factors.asymmetry
    slider = np.clip(rng.normal(0, std), -2.5 * std, 2.5 * std)
    negative, positive = asset.axes.T
    # An axis without an opposite also goes both ways. Else it would shift the mean face.
    weights[np.where(slider < 0, negative, positive)] = np.where(
        negative == positive, slider, np.abs(slider)
    )
    return weights


def between(position: float, count: int) -> np.ndarray:
    """(count,) weights of linear interpolation at a position among equal steps."""
    return np.maximum(1 - np.abs(np.arange(count) - position), 0)


def draw_hair(
    rng: np.random.Generator, factors: Factors, is_man: bool, elder: float
) -> tuple[dict, float]:
    """Draw hair, from bald to long: fields of the looks, and the length of the hair."""
    line = HAIRLINE + rng.normal(0, 0.05)
    line[:4] += rng.uniform(-0.08, 0.12)
    volume, length = rng.uniform(0.04, 0.3), 0.0
    if is_man:
        recede = rng.beta(1, 3) * (0.5 + elder)
        line[:5] += recede * np.array([0.15, 0.35, 0.45, 0.45, 0.25])
        if rng.random() < factors.p_bald * (1 + elder):
            line[:5] = rng.uniform(1.3, 1.6)
            line[5:] -= rng.uniform(0, 0.1)
            volume = rng.uniform(0, 0.06)
    elif rng.random() < factors.p_long_hair:
        length = rng.uniform(0.5, 2.6)
        volume = rng.uniform(0.1, 0.35)
    if volume > 0.16 and rng.random() < 0.5:  # over the ears, down the neck
        line[4:10] -= rng.uniform(0.2, 0.8)
        line[10:] -= rng.uniform(0, 0.5)
    if rng.random() < 0.3 and line[0] < 1.25:  # a fringe
        line[:4] -= rng.uniform(0.1, 0.45) * np.array([1, 1, 0.9, 0.6])
    curly = rng.random() < 0.3
    style = dict(
        hairline=line,
        parting=rng.normal(0, 0.12),
        volume=volume * (rng.uniform(1, 2.5) if curly and not length else 1.0),
        puff=rng.uniform(0.5, 1.0) if curly else rng.uniform(0.1, 0.5),
        crown=rng.uniform(0, 0.2) if volume > 0.08 else 0.0,
        strand_contrast=rng.uniform(0.15, 0.7),
        strand_count=rng.uniform(6, 12) if curly else rng.uniform(10, 30),
    )
    return style, length


def draw_beard(rng: np.random.Generator, factors: Factors, is_man: bool) -> dict:
    """Draw stubble, moustache, goatee or full beard, as fields of the looks."""
    areas = np.zeros(3)
    length = 0.0
    if is_man:
        areas[:] = rng.beta(1, 4)  # the shadow of a shaved beard
        if rng.random() < factors.p_beard:
            chosen = [(1, 1, 1), (1, 1, 1), (1, 1, 0), (1, 0, 0), (0, 1, 0)]
            full = np.array(chosen[rng.integers(5)]) * rng.uniform(0.5, 1)
            areas = np.maximum(areas, full)
            length = rng.beta(1, 3) * 0.25
    moustache, chin, cheeks = areas
    return dict(moustache=moustache, chin=chin, cheeks=cheeks, beard_length=length)
