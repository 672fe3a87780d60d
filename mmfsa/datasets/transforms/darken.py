"""Augmentation: a photo with little light, as a camera takes it."""

from collections.abc import Sequence

import numpy as np

from mmfsa.registry import TRANSFORMS

from .base import RandomTransform, check_range

GAMMA = 2.2  # of displayed colours
LIGHT = (np.arange(256, dtype=np.float32) / 255) ** GAMMA
FULL = 4000.0  # electrons of a white pixel: their number is random (shot noise)
READ = 0.002  # deviation of the noise of reading a pixel, in whites


@TRANSFORMS.register_module()
class Darken(RandomTransform):
    """Take light away from the crop: it gets dark, and drowns in the camera's noise.

    The pixels become linear light, which is multiplied by the level; the camera's noise is
    added, and they become displayed colours again. The camera's exposure stays. Depth
    cameras bring their own light: the relief stays as it is.

    Args:
        level: Range of the share of the light that is left, in (0, 1]. Its logarithm is
            drawn.
        prob: Probability of the augmentation, in [0, 1].
    """

    def __init__(
        self, level: Sequence[float] = (0.003, 1.0), prob: float = 0.7
    ) -> None:
        super().__init__(prob)
        self.level = check_range('level', level, 1e-6, 1)

    def augment(self, results: dict) -> None:
        level = np.exp(np.random.uniform(*np.log(self.level)))
        light = LIGHT[results['img']] * np.float32(level)
        noise = np.random.standard_normal(light.shape).astype(np.float32)
        light = light + noise * np.sqrt(light / FULL + READ**2)
        shown = np.clip(light, 0, 1) ** (1 / GAMMA)
        results['img'] = np.rint(255 * shown).astype(np.uint8)
