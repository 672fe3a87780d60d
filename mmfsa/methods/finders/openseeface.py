"""OpenSeeFace's landmark networks (BSD-2): 66 heatmaps and their offsets."""

from pathlib import Path

import numpy as np

from mmfsa.inputs import InputSpec
from mmfsa.registry import METHODS
from mmfsa.utils.files import sha256
from mmfsa.utils.onnx_session import open_network

from .base import LandmarkFinder

SPEC = dict(
    size=224,
    color='RGB',
    mean=(123.675, 116.28, 103.53),
    std=(58.395, 57.12, 57.375),
    crop=dict(
        box='landmarks68',
        pad=0,
        square=True,
        shift=(0, -0.108),  # 0.08 of the crop
        scale=1.35,
        border='constant',
        whole='round',
    ),
)
FOUND = 66
CELLS = 28  # of a heatmap's side
LAST = 223  # the last pixel of the crop's side
SHARPNESS = 16  # of what the offsets are squeezed by
LEAST = 1e-7
MAPS = [3 * FOUND, CELLS, CELLS]  # heatmaps, offsets down, offsets to the right
# Which of the 66 each of iBUG's 68 is. The outer corners of the mouth count as its inner
# ones, too.
IBUG = (
    *range(48),
    *(58, 48, 49, 50, 51, 52, 62, 53, 54, 55, 56, 57),
    *(58, 59, 60, 61, 62, 63, 64, 65),
)


@METHODS.register_module()
class OpenSeeFace(LandmarkFinder):
    """The 68 landmarks that a network of OpenSeeFace finds, run by ONNX Runtime.

    The extras have `landmark_scores` (n, 68), 0 to 1, beside the landmarks.

    Args:
        weights: The ONNX file, such as `lm_model0_opt.onnx`.
        inputs: Changes of what the network sees.

    Raises:
        FileNotFoundError: No file is given, or it is not there.
        ImportError: onnxruntime is not installed.
        ValueError: The file is another network.
    """

    def __init__(
        self, weights: str | Path | None = None, inputs: dict | InputSpec | None = None
    ) -> None:
        if weights is None or not Path(weights).is_file():
            raise FileNotFoundError(
                f'there are no weights {weights or "of OpenSeeFace"}: give '
                'lm_model0_opt.onnx of github.com/emilianavt/OpenSeeFace as weights'
            )
        what = 'landmark network of OpenSeeFace'
        self._session = open_network(weights, what, [MAPS])
        self._image = self._session.get_inputs()[0].name
        super().__init__(
            InputSpec.from_dict(inputs, SPEC), Path(weights).stem, sha256(weights)
        )

    def find(self, images: np.ndarray) -> dict[str, np.ndarray]:
        (maps,) = self._session.run(None, {self._image: self.blob(images)})
        points, scores = decode(maps)
        # From the centres of 224 pixels to fractions of their outer edges.
        fractions = (points + 0.5) / (LAST + 1)
        return dict(landmarks=fractions[:, IBUG], landmark_scores=scores[:, IBUG])


def decode(maps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From what the network gives to landmarks.

    Args:
        maps: (n, 198, 28, 28): for each landmark a heatmap; then how far below, then how
            far to the right of its cell the landmark lies, squeezed into 0 to 1.

    Returns:
        (n, 66, 2) x, y in pixels of the crop, the first pixel's centre being 0; and
        (n, 66) the heatmaps' maxima.
    """
    heat, below, right = maps.reshape(len(maps), 3, FOUND, -1).swapaxes(0, 1)
    best = heat.argmax(-1)[..., None]
    rows, columns = np.divmod(best[..., 0], CELLS)
    score, down, across = (
        np.take_along_axis(part, best, -1)[..., 0] for part in (heat, below, right)
    )
    x = LAST * (columns / (CELLS - 1) + _offset(across))
    y = LAST * (rows / (CELLS - 1) + _offset(down))
    return np.stack([x, y], axis=-1), score


def _offset(squeezed: np.ndarray) -> np.ndarray:
    """Offsets in sides of the crop, from 0 to 1 that a sigmoid made of them."""
    share = np.clip(squeezed.astype(np.float64), LEAST, 1 - LEAST)
    return np.log(share / (1 - share)) / SHARPNESS
