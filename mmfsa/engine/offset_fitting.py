"""Teaches a trained network where its crop should lie: one linear layer, solved for."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from mmfsa.evaluation.faces import known_data, own_box
from mmfsa.inputs import InputSpec, crop_face
from mmfsa.methods import create_model
from mmfsa.models.heads.base_head import as_vector
from mmfsa.utils.progress import track

from .checkpoint import save_checkpoint

# Standard deviations of how far a box is off, in sides, and of the logarithm of its size:
# about those of BlazeFace's and CenterFace's boxes on photos.
SHIFT, GROWTH = 0.045, 0.09
SPLIT = dict(fraction=0.95, seed=0)  # the one by which the students train
RIDGE = 3e-4  # for each face
BATCH = 256


def fit_offset(
    config: str | Path, source: Path, dst: Path, data_root: str | Path, seed: int = 0
) -> str:
    """Solve for the layer `offset` of a head, and write the checkpoint that has it.

    Each face is seen from a box that is off as a detector's is. A ridge regression on the
    network's features says how far the crop is from the right one. All other weights stay.

    Args:
        config: The experiment, whose head has an `offset`.
        source: Its checkpoint, trained.
        dst: The checkpoint to write.
        data_root: The faces that the network has learned from; a twentieth is held out.
        seed: The seed that draws how far each box is off.

    Returns:
        The standard deviations of the offsets of the held-out faces, and of what is left
        of them.

    Raises:
        FileNotFoundError: The checkpoint or the faces are not there.
        ValueError: The head has no `offset`, or takes other weights.
    """
    method = create_model(config, source, device='cpu')
    model = method.model
    if getattr(model.head, 'offset', None) is None:
        raise ValueError(
            f'{config}: the head has no offset: set model.head.offset=True'
        )
    rng = np.random.default_rng(seed)
    features, offsets = _seen(model, method.spec, data_root, 'train', rng)
    inputs = torch.cat([features, torch.ones(len(features), 1)], dim=1).double()
    normal = inputs.T @ inputs + RIDGE * len(inputs) * torch.eye(inputs.shape[1])
    solution = torch.linalg.solve(normal, inputs.T @ offsets).float()
    with torch.no_grad():
        model.head.offset.weight.copy_(solution[:-1].T)
        model.head.offset.bias.copy_(solution[-1])
        features, offsets = _seen(model, method.spec, data_root, 'val', rng)
        left = offsets - model.head.offset(features)
    meta = dict(config=Path(config).name)
    save_checkpoint(dict(state_dict=model.state_dict(), meta=meta), dst)
    before, after = (
        ', '.join(f'{std:.3f}' for std in v.std(dim=0)) for v in (offsets, left)
    )
    return f'held-out offsets to the right, down and in size: {before}; left: {after}'


def _seen(
    model: nn.Module,
    spec: InputSpec,
    data_root: str | Path,
    part: str,
    rng: np.random.Generator,
) -> tuple[Tensor, Tensor]:
    """What the head takes of each face (N, in_features), and the offsets (N, 3)."""
    split = dict(SPLIT, part=part)
    data = known_data(data_root, split, [dict(type='LoadImageFromFile')])
    features, offsets = [], []
    for start in track(range(0, len(data), BATCH), 'Looking at faces'):
        faces = [data[i] for i in range(start, min(start + BATCH, len(data)))]
        crops, wanted = zip(
            *(_seen_off(face, spec, rng) for face in faces), strict=True
        )
        images = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float()
        with torch.no_grad():
            images = model.data_preprocessor.normalize(images)
            seen = as_vector(model.extract_feat(images), model.head.in_features)
        features.append(seen)
        offsets.append(torch.tensor(np.stack(wanted)))
    return torch.cat(features), torch.cat(offsets)


def _seen_off(
    face: dict, spec: InputSpec, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The crop of a box that is off, and how far it is from the right one (3,)."""
    box = np.array(own_box(face, spec), dtype=float)
    middle, sides = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
    shift, growth = rng.normal(0, SHIFT, 2), rng.normal(0, GROWTH)
    middle, half = middle + shift * sides.max(), sides / 2 * np.exp(growth)
    moved = np.concatenate([middle - half, middle + half])
    off = crop_face(face['img'], moved, spec, spec.crop.box)
    right = spec.box(box, face['img'].shape[1::-1], spec.crop.box)
    return off.image, off.offset_to(right)
