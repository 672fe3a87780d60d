"""Draws what changes from picture to picture: pose, expression, outfit, light."""

import cv2
import numpy as np

from mmfsa.structures.rotation import matrix_to_pose, pose_to_matrix, unfold_yaw

from .asset import HeadAsset
from .factors import Factors, pick
from .looks import Lights, Outfit

NOWHERE = np.full(12, 9.0)  # the edge of a hat that is not worn
LOWER_FACE = 'mouth', 'jaw', 'cheek', 'tongue'  # actions
BODY_LIMIT = 60.0  # degrees that a head turns against its chest, at most
BEANIE = np.array([0.85, 0.85, 0.8, 0.75, 0.66, 0.6, 0.52, 0.46, 0.4, 0.25, 0.0, -0.1])
HOOD = np.array([1.0, 0.98, 0.9, 0.65, 0.2, -0.5, *[-9.0] * 6])


def draw_pose(rng: np.random.Generator, factors: Factors) -> np.ndarray:
    """Draw a pose within the factors' limits, by rejection.

    A camera that is held neither level nor straight sees a head that turns, nods and
    tilts. These rotations are composed, and only then read as three angles. So pitch and
    roll spread and correlate with yaw as they do in photographs.

    Returns:
        (3,) float32 yaw, pitch, roll in degrees.
    """
    limit = factors.max_angle
    while True:
        if limit <= 99 and rng.random() < 0.5:
            yaw = rng.normal(0, factors.yaw_std)
        else:
            yaw = rng.uniform(-limit, limit)
        wide = factors.tail if rng.random() < factors.p_tail else 1.0
        stds = [factors.camera_pitch_std, factors.camera_roll_std]
        camera_pitch, camera_roll = rng.normal([-1, 0], stds) * wide
        stds = [factors.nod_std, factors.tilt_std]
        nod, tilt = rng.normal([-4, 0], stds) * wide
        camera, turn, own = pose_to_matrix(
            [[0, 0, camera_roll], [yaw, camera_pitch, 0], [0, nod, tilt]]
        )
        pose = unfold_yaw(matrix_to_pose(camera @ turn @ own))
        is_profile = abs(abs(pose[0]) - 90) < 15
        tilt_limit = factors.profile_tilt if is_profile else limit
        if np.abs(pose).max() <= limit and np.abs(pose[1:]).max() <= tilt_limit:
            return pose.astype(np.float32)


def draw_body(rng: np.random.Generator, head: np.ndarray) -> np.ndarray:
    """Draw the chest's rotation (3, 3): a share of the head's rotation, and its own."""
    turn = cv2.Rodrigues(head)[0].ravel()
    angle = np.degrees(np.linalg.norm(turn))
    share = max(rng.uniform(0, 1), 1 - BODY_LIMIT / max(angle, 1e-6))
    own = rng.normal(0, [0.06, 0.15, 0.06])
    return cv2.Rodrigues(share * turn)[0] @ cv2.Rodrigues(own)[0]


def draw_expression(
    rng: np.random.Generator, factors: Factors, asset: HeadAsset, masked: bool
) -> np.ndarray:
    """Draw an expression.

    Args:
        rng: Draws the mood and the actions.
        factors: The distributions.
        asset: The head whose targets are facial actions.
        masked: The face wears a mask, so its mouth keeps still.

    Returns:
        (K,) weights of the asset's targets.
    """
    both: dict[str, float] = {}
    one: dict[str, float] = {}
    mood = pick(rng, ['still', 'smile', 'talk', 'mixed'], [0.25, 0.4, 0.15, 0.2])
    if mood == 'smile':
        smile = rng.uniform(0.2, 1)
        both |= {'mouthSmile': smile, 'cheekSquint': 0.6 * smile,
                 'mouthUpperUp': 0.6 * smile * rng.random(),
                 'mouthLowerDown': 0.4 * smile * rng.random(),
                 'eyeSquint': 0.5 * smile * rng.random()}  # fmt: skip
    elif mood == 'talk':
        one |= {'mouthFunnel': 0.6 * rng.random(), 'mouthPucker': 0.5 * rng.random()}
        both |= {'mouthStretch': 0.5 * rng.random()}
    elif mood == 'mixed':
        pairs = ['browDown', 'browOuterUp', 'noseSneer', 'mouthFrown', 'mouthPress',
                 'mouthDimple', 'eyeSquint', 'eyeWide', 'mouthUpperUp']  # fmt: skip
        both |= {name: rng.beta(1, 2) for name in rng.choice(pairs, 3, replace=False)}
        singles = ['browInnerUp', 'cheekPuff', 'jawForward', 'jawLeft', 'jawRight',
                   'mouthLeft', 'mouthRight', 'mouthRollLower', 'mouthRollUpper',
                   'mouthShrugLower', 'mouthShrugUpper', 'tongueOut']  # fmt: skip
        one |= {
            name: 0.8 * rng.beta(1, 2) for name in rng.choice(singles, 2, replace=False)
        }
    if rng.random() < factors.p_mouth_open:
        one['jawOpen'] = 0.75 * rng.beta(1, 2.5)
    if rng.random() < 0.3:
        one['browInnerUp'] = rng.beta(1, 2)
    both['eyeBlink'] = 1.0 if rng.random() < factors.p_eyes_closed else rng.beta(1, 8)

    side, up = rng.normal(0, [0.35, 0.25])
    one |= {'eyeLookInLeft': max(-side, 0), 'eyeLookOutRight': max(-side, 0),
            'eyeLookOutLeft': max(side, 0), 'eyeLookInRight': max(side, 0)}  # fmt: skip
    both |= {'eyeLookUp': max(up, 0), 'eyeLookDown': max(-up, 0)}
    for name, value in both.items():
        left, right = value * np.clip(rng.normal(1, 0.1, 2), 0, 1.2)
        one |= {name + 'Left': left, name + 'Right': right}
    if masked:
        one = {name: v for name, v in one.items() if not name.startswith(LOWER_FACE)}
    weights = np.zeros(len(asset.names))
    weights[asset.columns(list(one))] = list(one.values())
    return weights


def draw_outfit(rng: np.random.Generator, factors: Factors) -> Outfit:
    """Draw clothes, hat, mask and glasses."""
    hat_edge, collar, thick = NOWHERE, rng.uniform(-1.5, -0.9), rng.uniform(0.02, 0.1)
    chances = [factors.p_bare, factors.p_hat, factors.p_hood]
    head = pick(rng, ['bare', 'hat', 'hood'], chances)
    if head == 'hat':
        hat_edge = BEANIE + rng.uniform(-0.12, 0.15)
        if rng.random() < 0.4:  # over the ears
            hat_edge[5:10] -= rng.uniform(0.2, 0.7)
    elif head == 'hood':
        hat_edge = HOOD + rng.uniform(-0.15, 0.1)
        collar = rng.uniform(-0.75, -0.6)
    elif rng.random() < 0.15:  # a polo neck or a scarf
        collar, thick = rng.uniform(-0.95, -0.55), rng.uniform(0.04, 0.3)
    dark = rng.random() < factors.p_sunglasses
    return Outfit(
        hat=cloth_colour(rng),
        garment=cloth_colour(rng),
        mask=np.array([0.65, 0.7, 0.75]) if rng.random() < 0.6 else cloth_colour(rng),
        frame=cloth_colour(rng) * 0.25,
        lens=np.full(3, rng.uniform(0.004, 0.05)),
        hat_edge=hat_edge,
        hat_thickness=rng.uniform(0.06, 0.25),
        has_brim=bool(head == 'hat' and rng.random() < 0.5),
        mask_top=rng.uniform(0.08, 0.25) if rng.random() < factors.p_mask else -9.0,
        collar=collar,
        neckline=rng.uniform(0, 0.8) if rng.random() < 0.4 else 0.0,
        garment_thickness=thick,
        stripes=np.array(
            [rng.uniform(0.1, 0.7) * (rng.random() < 0.2), rng.uniform(1, 6)]
        ),
        has_glasses=bool(dark or rng.random() < factors.p_glasses),
        has_lenses=bool(dark),
    )


def cloth_colour(rng: np.random.Generator) -> np.ndarray:
    """Draw a colour of cloth, (3,) linear RGB: black, white, and mostly muted dyes."""
    tone = np.exp(rng.uniform(np.log(0.012), np.log(0.75)))
    tint = rng.normal(0, pick(rng, [0.05, 0.35, 0.8], [0.45, 0.35, 0.2]), 3)
    return np.clip(tone * np.exp(tint), 0.005, 0.8)


def draw_light(rng: np.random.Generator, factors: Factors) -> Lights:
    """Draw the light around and up to three lamps, without a shadow yet."""
    harsh = rng.random() < factors.p_harsh
    ambient = rng.uniform(0.03, 0.25) if harsh else rng.uniform(0.25, 0.8)
    tint = np.exp(rng.normal(0, 0.08, 3))
    gradient = rng.normal(0, 0.15, 3)
    gradient[1] -= rng.uniform(0, 0.45)  # more light from above (y is down)
    colours, directions = [], []
    for lamp in range(rng.integers(1, 4)):
        side = rng.normal(0, 0.8)
        height = rng.normal(0.5, 0.45)
        toward = -1.0 if lamp < 2 else rng.uniform(-0.5, 1.0)
        direction = np.array([np.sin(side), -np.sin(height), toward * np.cos(side)])
        directions.append(direction / np.linalg.norm(direction))
        power = (1.4 if harsh and lamp == 0 else 0.7) * rng.uniform(0.3, 1.2)
        warmth = rng.normal(0, 0.12)
        colours.append(power * np.exp([warmth, 0, -warmth]))
    return join_lamps(
        ambient=ambient * tint,
        gradient=np.outer(gradient, ambient * tint * np.exp(rng.normal(0, 0.1, 3))),
        directions=np.array(directions),
        colours=np.array(colours),
        softness=rng.uniform(0.6, 1.2) if harsh else rng.uniform(1.0, 3.0),
    )


def join_lamps(
    ambient: np.ndarray,
    gradient: np.ndarray,
    directions: np.ndarray,
    colours: np.ndarray,
    softness: float,
) -> Lights:
    """The light of these lamps, without a shadow yet.

    Args:
        ambient: (3,) light from all around.
        gradient: (3, 3) direction × colour of it.
        directions: (L, 3) unit vectors towards the lamps.
        colours: (L, 3) of the lamps; the first casts the shadow.
        softness: Width of the shadow's soft edge, in pixels of its map.
    """
    x, y, z = directions[0]  # turned on to the map's last axis, the shortest way
    aside = np.hypot(x, y)
    turn = np.array([y, -x, 0]) / aside * np.arctan2(aside, z)
    halfways = directions - [0, 0, 1]
    return Lights(
        ambient=ambient,
        gradient=gradient,
        directions=directions,
        halfways=halfways / np.linalg.norm(halfways, axis=1, keepdims=True),
        colours=colours,
        frame=cv2.Rodrigues(turn)[0],
        softness=softness,
        shadow=np.zeros((0, 0), np.float32),
        scale=0.0,
    )
