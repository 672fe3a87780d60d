"""Show what the network sees: crops after the pipeline, with the labels' axes on them."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from mmengine import Config
from mmengine.registry import init_default_scope

from mmfsa.datasets.nested import inner_datasets
from mmfsa.registry import DATASETS, MODELS
from mmfsa.utils.configs import name_of
from mmfsa.utils.images import write_image
from mmfsa.utils.progress import track

from .draw import draw_axes, draw_box, draw_text
from .sheet import contact_sheet

TILE = 160  # pixels


def browse(
    cfg: Config, phase: str, num: int, out_dir: Path, mode: str = 'transformed'
) -> str:
    """Draw evenly spaced images of a data set on one sheet.

    Blue points where the face looks, green down, red to the side. Depth is grey, beside
    the colours if the network sees both. A window of a film is a row of its frames.

    Args:
        cfg: The experiment.
        phase: `train`, `val` or `test`.
        num: Images.
        out_dir: The folder of the sheet, which gets the config's name.
        mode: `transformed`, what the network sees; `original`, the face in its photo;
            `concat`, both; or `pipeline`, the image after each step.

    Returns:
        Which file was written, in a sentence.

    Raises:
        ValueError: The experiment has no such data, or no pipeline for the mode.
    """
    if f'{phase}_dataloader' not in cfg:
        raise ValueError(
            f'{name_of(cfg)} has no {phase}_dataloader: there are no images'
        )
    init_default_scope(cfg.get('default_scope', 'mmfsa'))
    dataset = DATASETS.build(cfg[f'{phase}_dataloader'].dataset)
    spec = getattr(MODELS.build(cfg.model), 'inputs', None) if 'model' in cfg else None
    if spec is not None:
        for part in inner_datasets(dataset, 'set_inputs'):
            part.set_inputs(spec)
    steps = dataset.pipeline.transforms if hasattr(dataset, 'pipeline') else None
    if mode != 'transformed' and not steps:
        raise ValueError(
            f'--mode {mode} needs a data set with one pipeline; {phase} has several'
        )
    chosen = np.linspace(0, len(dataset) - 1, min(num, len(dataset))).astype(int)
    tiles = []
    for i in track(chosen.tolist(), 'Drawing'):
        if mode == 'transformed':
            tiles.append(tile(dataset[i]))
            continue
        seen = stages(dataset.get_data_info(i), steps)
        wanted = dict(original=seen[:1], concat=[seen[0], seen[-1]], pipeline=seen)[
            mode
        ]
        tiles.append(np.hstack(wanted))
    path = out_dir / f'{Path(cfg.filename).stem}_{phase}.png'
    width = max(row.shape[1] for row in tiles)
    if width > TILE:
        write_image(np.vstack([_padded(row, width) for row in tiles]), path)
    else:
        write_image(contact_sheet(tiles, TILE), path)
    return f'Wrote {path}: {len(chosen)} of {len(dataset)} images'


def stages(data: dict, steps: Sequence) -> list[np.ndarray]:
    """A sample after each step of its pipeline that changes the image.

    Args:
        data: What the data set knows of the sample.
        steps: The pipeline's transforms.

    Returns:
        (TILE, TILE, 3) BGR uint8 each, with the step's name: the first is the face in its
        photo, the last is what the network sees.
    """
    seen, before = [], None
    for step in steps:
        data = step(data)
        if 'inputs' in data:
            break
        img = data['img']
        if before is not None and img.shape == before.shape and (img == before).all():
            continue
        before = img.copy()
        shown = img
        if not seen:
            shown = crop_face(img, data)
        scale = TILE / max(shown.shape[:2])
        small = cv2.resize(shown, None, fx=scale, fy=scale)
        square = np.zeros((TILE, TILE, 3), np.uint8)
        square[: small.shape[0], : small.shape[1]] = small[:TILE, :TILE]
        seen.append(draw_text(square, type(step).__name__, (4, TILE), 0.4))
    if 'inputs' in data:
        seen.append(tile(data))
    return seen


def crop_face(img: np.ndarray, data: dict) -> np.ndarray:
    """The photo around a face, with its box, so that a person sees what it is."""
    box = np.asarray(data.get('face_box', (0, 0, *img.shape[1::-1])), dtype=float)
    centre, side = (box[:2] + box[2:]) / 2, np.ptp(box.reshape(2, 2), axis=0).max()
    start = np.maximum(centre - side, 0).astype(int)
    end = (centre + side).astype(int) + 1
    img = draw_box(img.copy(), box, thickness=max(1, round(side / 80)))
    return img[start[1] : end[1], start[0] : end[0]]


def _padded(row: np.ndarray, width: int) -> np.ndarray:
    return np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0)))


def tile(data: dict) -> np.ndarray:
    """One sample, enlarged, with its axes and angles: a picture, or a row of them."""
    inputs = data['inputs'].numpy()
    frames = inputs.reshape(-1, *inputs.shape[-3:])
    poses = np.atleast_2d(data['data_samples'].gt_pose)
    # A window of a test has the pose of its last frame alone.
    labels = [None] * (len(frames) - len(poses)) + [*poses]
    row = []
    for frame, pose in zip(frames, labels, strict=True):
        # The colours and the depth, or the one of them that is there.
        parts = np.split(frame.transpose(1, 2, 0), [3], axis=2)
        for img in filter(np.size, parts):
            img = np.repeat(img, 3 // img.shape[2], axis=2)
            img = cv2.resize(img, (TILE, TILE))
            if pose is not None:
                words = ' '.join(f'{angle:.0f}' for angle in pose)
                draw_text(draw_axes(img, pose), words, (4, TILE), 0.45)
            row.append(img)
    return np.hstack(row)
