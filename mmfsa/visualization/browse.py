"""Show what the network sees: crops after the pipeline, with the labels' axes on them."""

from pathlib import Path

import cv2
import numpy as np
from mmengine import Config
from mmengine.registry import init_default_scope
from rich.progress import track

from mmfsa.datasets.nested import inner_datasets
from mmfsa.inputs import InputSpec
from mmfsa.registry import DATASETS
from mmfsa.utils.images import write_image

from .draw import draw_axes, draw_text
from .sheet import contact_sheet

TILE = 160  # pixels


def browse(cfg: Config, phase: str, num: int, out_dir: Path) -> str:
    """Draw evenly spaced images of a data set on one sheet.

    Blue points where the face looks, green down, red to the side.

    Args:
        cfg: The experiment.
        phase: `train`, `val` or `test`.
        num: Images.
        out_dir: The folder of the sheet, which gets the config's name.

    Returns:
        Which file was written, in a sentence.
    """
    init_default_scope(cfg.get('default_scope', 'mmfsa'))
    dataset = DATASETS.build(cfg[f'{phase}_dataloader'].dataset)
    for part in inner_datasets(dataset, 'set_inputs'):
        part.set_inputs(InputSpec.from_dict((cfg.get('model') or {}).get('inputs')))
    chosen = np.linspace(0, len(dataset) - 1, min(num, len(dataset))).astype(int)
    tiles = [tile(dataset[i]) for i in track(chosen.tolist(), 'Drawing')]
    path = out_dir / f'{Path(cfg.filename).stem}_{phase}.png'
    write_image(contact_sheet(tiles, TILE), path)
    return f'Wrote {path}: {len(chosen)} of {len(dataset)} images'


def tile(data: dict) -> np.ndarray:
    """One sample, enlarged, with its axes and angles."""
    img = data['inputs'].numpy().transpose(1, 2, 0)
    pose = data['data_samples'].gt_pose
    img = draw_axes(cv2.resize(img, (TILE, TILE)), pose)
    return draw_text(img, ' '.join(f'{angle:.0f}' for angle in pose), (4, TILE), 0.45)
