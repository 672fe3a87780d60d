"""Turns light into a stored picture: exposure, colours, lens, sensor, compression."""

import cv2
import numpy as np

from .factors import Factors

GREY = np.array([0.114, 0.587, 0.299], np.float32)  # of blue, green, red


def develop(
    image: np.ndarray, rng: np.random.Generator, factors: Factors
) -> np.ndarray:
    """Expose and tone a linear picture.

    Args:
        image: (H, W, 3) float32 linear RGB. Its middle sets the exposure.
        rng: Draws exposure, white balance, gamma, contrast and saturation.
        factors: The distributions.

    Returns:
        (H, W, 3) float32 BGR in [0, 1], as a screen displays it.
    """
    quarter = len(image) // 4
    metered = image[quarter:-quarter, quarter:-quarter].mean()
    gain = 0.24 * np.exp(rng.normal(0, 0.5)) / max(metered, 1e-6)
    balance = np.exp(
        rng.normal(0, 0.12) * np.array([1, 0, -1]) + rng.normal(0, 0.04, 3)
    )
    image = image * (gain * balance).astype(np.float32)
    image = cv2.pow(np.clip(image, 0, 1.5), 1 / rng.uniform(1.9, 2.4))
    image = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    image = (image - 0.5) * np.float32(rng.uniform(0.9, 1.8)) + 0.5
    saturation = 0 if rng.random() < factors.p_grey else rng.uniform(0.6, 1.3)
    grey = (image @ GREY)[..., None]
    return np.clip(grey + (image - grey) * np.float32(saturation), 0, 1)


def record(
    image: np.ndarray,
    rng: np.random.Generator,
    factors: Factors,
    grain: np.random.Generator | None = None,
) -> np.ndarray:
    """Blur or sharpen, add noise, compress.

    Args:
        image: (H, W, 3) float32 BGR in [0, 1].
        rng: Draws the strengths.
        factors: The distributions.
        grain: Draws the noise itself, which differs from frame to frame of a film whose
            strengths stay; by default `rng`.

    Returns:
        (H, W, 3) uint8 BGR.
    """
    if rng.random() < factors.p_blur:
        blur = rng.choice([soften, shake, shrink])
        image = blur(image, rng)
    else:
        smooth = cv2.GaussianBlur(image, (0, 0), 0.9)
        image = image + np.float32(rng.uniform(0, 3)) * (image - smooth)
    noise = (grain or rng).standard_normal(image.shape, np.float32)
    image = image + noise * np.float32(rng.exponential(factors.noise))
    pixels = np.clip(image * 255 + 0.5, 0, 255).astype(np.uint8)
    if rng.random() < factors.p_jpeg:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 96))]
        pixels = cv2.imdecode(
            cv2.imencode('.jpg', pixels, quality)[1], cv2.IMREAD_COLOR
        )
    return pixels


def soften(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blur the image as a lens out of focus does."""
    return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.3))


def shake(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blur the image along a line, as a moved camera does."""
    kernel = np.zeros((7, 7), np.float32)
    turn, reach = rng.uniform(0, np.pi), rng.uniform(1, 3)
    step = reach * np.array([np.cos(turn), np.sin(turn)])
    start, end = (tuple(int(v) for v in np.rint(3 + s * step)) for s in (-1, 1))
    cv2.line(kernel, start, end, 1.0)
    return cv2.filter2D(image, -1, kernel / kernel.sum())


def shrink(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make the image small and large again, which loses detail."""
    share = rng.uniform(0.4, 0.8)
    small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_CUBIC)
