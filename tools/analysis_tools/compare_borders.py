"""What a face at the edge of the image costs, with each border of the crop.

    python tools/analysis_tools/compare_borders.py --data-root data/aflw2000 \\
        --weights fusion.pth

The images are cut off so that one side of a face's crop is missing, by turns each of the
four; MAE in degrees over all, of the faces with |angle| ≤ 99. Above the share of
`mmfsa.apis.crop.CUT_IN_TRAINING` the inferencer repeats the border.
"""

import argparse
from pathlib import Path

import numpy as np
from _faces import load_weights_network, read_faces
from rich.progress import track

from mmfsa.datasets.transforms import CropFace
from mmfsa.evaluation import pose_errors
from mmfsa.evaluation.tables import format_table
from mmfsa.utils.cli import clear_errors

BORDERS = 'clamp', 'replicate', 'reflect', 'constant'
MISSING = 0.1, 0.2, 0.3  # of the crop's width or height


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        '--data-root', required=True, metavar='DIR', help='with boxes of landmarks'
    )
    parser.add_argument('--weights', type=Path, required=True)
    args = parser.parse_args()

    _, network = load_weights_network(args.weights, 'onnxruntime')
    faces, labels = read_faces(args.data_root)

    crops = [CropFace(border=border) for border in BORDERS]

    def errors(missing: float) -> np.ndarray:
        """The mean over the sides, for each border."""
        of_sides = []
        for side in track(range(4), f'{missing:.0%} missing'):
            cut = [cut_off(face, side, missing) for face in faces]
            seen = [np.stack([crop(dict(f))['img'] for f in cut]) for crop in crops]
            poses = map(network.estimate, seen)
            of_sides.append([pose_errors(pose, labels)['MAE'] for pose in poses])
        return np.mean(of_sides, axis=0)

    rows = [[f'{m:.0%}', *(f'{e:.2f}' for e in errors(m))] for m in MISSING]
    print(format_table(['missing', *BORDERS], rows))


def cut_off(face: dict, side: int, missing: float) -> dict:
    """The face in an image that ends within its crop.

    Args:
        face: `img` and `face_box`.
        side: 0 left, 1 top, 2 right, 3 bottom.
        missing: Share of the crop's width or height.
    """
    image, box = face['img'], np.array(face['face_box'], dtype=int)
    x1, y1, x2, y2 = CropFace(border='replicate')(dict(face))['crop_box']
    if side == 0:
        start = max(0, round(x1 + missing * (x2 - x1)))
        image, box = image[:, start:], box - [start, 0, start, 0]
    elif side == 1:
        start = max(0, round(y1 + missing * (y2 - y1)))
        image, box = image[start:], box - [0, start, 0, start]
    elif side == 2:
        image = image[:, : round(x2 - missing * (x2 - x1))]
    else:
        image = image[: round(y2 - missing * (y2 - y1))]
    return dict(img=image, face_box=box.tolist())


if __name__ == '__main__':
    with clear_errors():
        main()
