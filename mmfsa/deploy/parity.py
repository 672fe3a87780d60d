"""How far a deployed model may be from the original."""

import numpy as np
import torch
import torch.nn as nn

from mmfsa.structures import geodesic_distance, pose_to_matrix

# Degrees: what must hold of a model of this precision, by name in `deviation`.
GATES = {
    'fp32': {'max': 1e-3},
    'fp16': {'p99': 0.1},
    # Single poses of an int8 model move; what counts is its error on labelled faces. Where
    # errors cancel out, the others show that it is another model.
    'int8': {'MAE_drift': 0.1, 'mean': 6.0, 'p99': 30.0},
}


@torch.inference_mode()
def reference_poses(model: nn.Module, crops: np.ndarray) -> np.ndarray:
    """What an estimator says in training's own code path.

    Args:
        model: The estimator.
        crops: (N, H, W, 3) BGR uint8.

    Returns:
        (N, 3) yaw, pitch, roll in degrees.
    """
    model = model.eval()
    poses = []
    for batch in torch.from_numpy(crops).permute(0, 3, 1, 2).split(256):
        inputs = model.data_preprocessor(dict(inputs=batch))['inputs']
        poses.append(model(inputs).cpu())
    return torch.cat(poses).numpy()


def deviation(pose: np.ndarray, reference: np.ndarray) -> dict[str, float]:
    """How far poses are from those of the original model, in degrees.

    Args:
        pose: (N, 3) of the deployed model.
        reference: (N, 3) of the original.

    Returns:
        `max`, `p99` and `mean` absolute difference of an angle, and `geodesic_max`, the
        largest angle between the rotations. NaN counts as infinite.
    """
    pose, reference = (np.asarray(p, dtype=np.float64) for p in (pose, reference))
    difference = np.nan_to_num(np.abs(pose - reference), nan=np.inf)
    geodesic = geodesic_distance(pose_to_matrix(pose), pose_to_matrix(reference))
    return dict(
        max=float(difference.max()),
        p99=float(np.percentile(difference, 99)),
        mean=float(difference.mean()),
        geodesic_max=float(np.nan_to_num(geodesic, nan=np.inf).max()),
    )


def failures(measured: dict[str, float], precision: str) -> list[str]:
    """The gates of a precision that what was measured does not pass, in words."""
    return [
        f'{name} is {measured[name]:.2g}°, the gate of {precision} is {gate}°'
        for name, gate in GATES[precision].items()
        if name in measured and not abs(measured[name]) <= gate
    ]
