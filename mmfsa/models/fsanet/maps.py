"""What FSA-Net looks at: its structure maps on face crops (Section 3.5, Figure 5)."""

import numpy as np
import torch
import torch.nn as nn

from .fsa_neck import FSANeck


@torch.inference_mode()
def structure_maps(model: nn.Module, crops: np.ndarray) -> np.ndarray:
    """The structure maps M_k of face crops.

    Args:
        model: An estimator with its weights: an FSA-Net behind any backbone, or a fusion,
            whose first member with a structure mapping answers.
        crops: (N, H, W, 3) BGR uint8.

    Returns:
        (N, K, m, n), see :class:`~mmfsa.models.fsanet.structure_mapping.StructureMaps`.

    Raises:
        ValueError: If the model has no structure mapping.
    """
    images = torch.from_numpy(crops).permute(0, 3, 1, 2)
    images = model.data_preprocessor(dict(inputs=list(images)))['inputs']
    for estimator in getattr(model, 'estimators', [model]):
        neck = estimator.neck
        *before, last = neck if isinstance(neck, nn.Sequential) else [neck]
        if isinstance(last, FSANeck) and last.mapping is not None:
            features = estimator.backbone(images)
            for part in before:
                features = part(features)
            return last.group(features)[1].M.numpy(force=True)
    raise ValueError('this model has no structure mapping that could be drawn')
