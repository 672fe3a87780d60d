"""Labels of places in a crop follow its pixels, whatever moves these."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from torch import Tensor

from .face_batch import FaceBatch


def move_labels(
    results: dict,
    before: Sequence[int],
    after: Sequence[int],
    shift: Sequence[float] | np.ndarray,
    turn: np.ndarray | None = None,
) -> None:
    """Let ``gt_landmarks`` and ``gt_box`` follow the pixels, where there are any.

    A box is dropped where its crop is turned: nobody knows the box around a turned face.

    Args:
        results: The dict of a pipeline, whose labels are replaced.
        before: Width and height of the crop until now.
        after: Its width and height from now on.
        shift: Where the centre of its first pixel goes, in pixels.
        turn: (2, 2) The pixel p goes to ``turn @ p + shift``; by default it is not turned.
    """
    turn = np.eye(2) if turn is None else turn

    def moved(places: np.ndarray) -> np.ndarray:
        pixels = (places * np.asarray(before) - 0.5) @ turn.T
        return ((pixels + shift + 0.5) / np.asarray(after)).astype(np.float32)

    if 'gt_landmarks' in results:
        results['gt_landmarks'] = moved(results['gt_landmarks'])
    if 'gt_box' not in results:
        return
    if turn[0, 1] or turn[1, 0]:
        del results['gt_box']
    else:  # its units are halves of the crop, from the middle
        corners = (results['gt_box'].reshape(2, 2) + 1) / 2
        results['gt_box'] = (2 * moved(corners) - 1).ravel()


def moved_batch(
    faces: FaceBatch,
    images: Tensor,
    shift: Tensor,
    turn: Tensor | None = None,
) -> FaceBatch:
    """Faces with other images, whose labels follow the pixels, where there are labels.

    Args:
        faces: The faces until now.
        images: (N, 3, H, W) their images from now on.
        shift: (N, 2) where the centre of the first pixel goes, in pixels.
        turn: (N, 2, 2) as of :func:`move_labels`.
    """
    if faces.gt_landmarks is None:
        return replace(faces, images=images)
    before, after = (
        shift.new_tensor([image.shape[3], image.shape[2]])
        for image in (faces.images, images)
    )
    pixels = faces.gt_landmarks * before - 0.5
    if turn is not None:
        pixels = pixels @ turn.mT
    places = (pixels + shift[:, None] + 0.5) / after
    return replace(faces, images=images, gt_landmarks=places)
