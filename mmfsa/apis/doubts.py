"""What speaks against a pose, however sure its method is: the picture of the face."""

import cv2
import numpy as np

from mmfsa.structures import Faces, Frame, Poses, spread_in_one_number

SMALL = 20  # pixels, of the shorter side of a face's box
LOW_SCORE = 0.6  # of a detector
# With `nano` and `small`, 3 to 4 % of AFLW2000's faces have more.
WIDE_SPREAD = 6  # degrees
# Sharpness of a hundred faces of AFLW2000: 0.06 to 1.1 (98 % of them); after a blur of 2 %
# of the face's width below 0.05. Noise has 19.
BLURRED, NOISE = 0.04, 4
SIDE = 64  # pixels, at which the sharpness is measured


def doubts_of(frame: Frame, faces: Faces, poses: Poses) -> list[list[str]]:
    """For each face of a frame, what makes its pose doubtful, in words."""
    found = []
    for i, box in enumerate(faces.boxes):
        said = []
        side, score = min(box[2:] - box[:2]), faces.scores[i]
        if side < SMALL:
            said.append(f'small: {side:.0f} pixels')
        if np.isnan(score):
            said.append('no detector has looked for a face')
        elif score < LOW_SCORE:
            said.append(f'low score: {score:.2f}')
        sharp = sharpness(frame.image, box)
        if sharp is not None and not BLURRED <= sharp <= NOISE:
            said.append('blurred' if sharp < BLURRED else 'noise')
        spread = None if poses.spread is None else spread_in_one_number(poses.spread[i])
        if spread is not None and spread > WIDE_SPREAD:
            said.append(f'unsure: a spread of {spread:.0f} degrees')
        found.append(said)
    return found


def sharpness(image: np.ndarray, box: np.ndarray) -> float | None:
    """How much of a face's contrast is in its finest details.

    Args:
        image: (H, W, 3) BGR uint8.
        box: x1, y1, x2, y2 in pixels.

    Returns:
        The variance of the Laplacian in variances of the picture, at 64×64 pixels; None
        for a face without a pixel in the image.
    """
    x1, y1, x2, y2 = np.rint(box).astype(int).clip(0)
    part = image[y1 : y2 + 1, x1 : x2 + 1]
    if not part.size:
        return None
    small = cv2.resize(part, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var() / max(grey.var(), 1.0))
