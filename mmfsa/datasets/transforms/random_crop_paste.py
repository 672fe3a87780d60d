import cv2
import numpy as np

from mmfsa.registry import TRANSFORMS

from .base import RandomTransform


@TRANSFORMS.register_module()
class RandomCropPaste(RandomTransform):
    """The authors' random cropping (paper, Sec. 4.1; its kinds are the code's).

    A window, smaller than the image by 1 to ``max_cut`` pixels, is taken at a random
    offset and, with equal chance, resized back (bicubic) or pasted at another offset
    on black or on white.

    Args:
        max_cut: Largest difference of the window's and the image's side, in pixels.
        prob: How often any of the three happens.
    """

    def __init__(self, max_cut: int = 15, prob: float = 0.75) -> None:
        super().__init__(prob)
        if max_cut < 1:
            raise ValueError(f'max_cut must be at least 1, got {max_cut}')
        self.max_cut = max_cut

    def augment(self, results: dict) -> None:
        img = results['img']
        h, w = img.shape[:2]
        kind = np.random.randint(3)
        cut = np.random.randint(1, self.max_cut + 1)
        x, y, to_x, to_y = np.random.randint(0, cut, 4)
        window = img[y : y + h - cut, x : x + w - cut]
        if kind == 0:
            results['img'] = cv2.resize(window, (w, h), interpolation=cv2.INTER_CUBIC)
            return
        results['img'] = np.full_like(img, 0 if kind == 1 else 255)
        results['img'][to_y : to_y + h - cut, to_x : to_x + w - cut] = window
