"""A label of where the landmarks are in the crop, for networks that find them."""

from collections.abc import Sequence

import numpy as np
from mmcv.transforms import BaseTransform

from mmfsa.inputs import Crop
from mmfsa.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LandmarkLabel(BaseTransform):
    """Label the landmarks of the face as fractions of its crop, as ``gt_landmarks``.

    It stands right after ``CropFace``. Whatever moves the crop's pixels after it moves
    the label, too.

    Required keys: ``crop_box`` and, for a face with a label, ``landmarks`` (68, 2) in
    pixels. Added key: ``gt_landmarks`` (68, 2) float32: (0, 0) is the outer corner of the
    crop's first pixel, (1, 1) that of its last.
    """

    def transform(self, results: dict) -> dict:
        if results.get('landmarks') is not None:
            crop = Crop(results['img'], results['crop_box'], results.get('turn', 0.0))
            places = crop.from_image(results['landmarks'])
            results['gt_landmarks'] = places.astype(np.float32)
        return results

    def __repr__(self) -> str:
        return 'LandmarkLabel()'


def move_landmarks(
    results: dict,
    before: Sequence[int],
    after: Sequence[int],
    shift: Sequence[float] | np.ndarray,
    turn: np.ndarray | None = None,
) -> None:
    """Let the label follow the pixels of its crop, where there is a label.

    Args:
        results: The dict of a pipeline; its ``gt_landmarks`` are replaced.
        before: Width and height of the crop until now.
        after: Its width and height from now on.
        shift: Where the centre of its first pixel goes, in pixels.
        turn: (2, 2) The pixel p goes to ``turn @ p + shift``; by default it is not turned.
    """
    if 'gt_landmarks' not in results:
        return
    pixels = results['gt_landmarks'] * np.asarray(before) - 0.5
    if turn is not None:
        pixels = pixels @ turn.T
    places = (pixels + shift + 0.5) / np.asarray(after)
    results['gt_landmarks'] = places.astype(np.float32)
