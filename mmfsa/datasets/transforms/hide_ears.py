"""Augmentation: a face box that leaves out ears which hair covers."""

from dataclasses import replace

import numpy as np
import torch
from mmcv.transforms import BaseTransform

from mmfsa.registry import TRANSFORMS

from .base import check_prob
from .face_batch import FaceBatch

EARS = 0, 16  # the two ends of the jaw among iBUG's 68 landmarks
FEATURES = [8, *range(17, 68)]  # chin, brows, nose, eyes, mouth


@TRANSFORMS.register_module()
class HideEars(BaseTransform):
    """Make the face box as in AFLW2000: around the visible landmarks.

    AFLW2000's annotators marked brows, eyes, nose, mouth and chin, and an ear only if no
    hair covers it. If an ear is covered, the box ends at the brow. So the box is narrower
    and lies on the side to which the face looks.

    Required keys: ``landmarks`` ((68, 2) pixels, iBUG's order). Modified keys: the box
    ``visible`` of ``boxes``. Randomness comes from numpy's global generator.

    Args:
        prob: Probability that an ear is hidden, in [0, 1]; each ear is drawn apart.

    Raises:
        ValueError: If ``prob`` is not in [0, 1], or an image has no 68 landmarks.
    """

    def __init__(self, prob: float = 0.35) -> None:
        self.prob = check_prob(prob)

    def transform(self, results: dict) -> dict:
        points = np.asarray(results.get('landmarks', ()))
        if points.shape != (68, 2):
            raise ValueError(
                f'{results.get("img_path", "image")}: HideEars needs 68 landmarks, the '
                f'index has {len(points)}; take HideEars out of the pipeline'
            )
        seen = np.random.random(2) >= self.prob
        kept = [*FEATURES, *np.array(EARS)[seen]]
        low, high = points[kept].min(0), points[kept].max(0)
        visible = [*low.tolist(), *high.tolist()]
        results['boxes'] = {**results.get('boxes', {}), 'visible': visible}
        return results

    def batch(self, faces: FaceBatch) -> FaceBatch:
        """Make the boxes of many faces at once.

        Raises:
            ValueError: If the faces have no 68 landmarks.
        """
        points = faces.landmarks
        if points is None or points.shape[1:] != (68, 2):
            found = 'none' if points is None else points.shape[1]
            raise ValueError(
                f'HideEars needs 68 landmarks, the index has {found}; take HideEars out of '
                'the pipeline'
            )
        features, ears = faces.landmarks[:, FEATURES], faces.landmarks[:, EARS]
        hidden = faces.uniform(0, 1, 2, 1) < self.prob
        # An ear that is not seen counts as another landmark, which changes no box.
        points = torch.cat(
            [features, torch.where(hidden, features[:, :1], ears)], dim=1
        )
        return replace(
            faces, face_box=torch.cat([points.amin(1), points.amax(1)], dim=1)
        )

    def __repr__(self) -> str:
        return f'HideEars(prob={self.prob})'
