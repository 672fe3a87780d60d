"""Draw the pictures of synthetic heads in the documentation.

python tools/misc/synth_sheet.py --out docs/images

synth_heads.jpg: heads of many subjects. synth_yaw.jpg: one subject from side to side.
"""

from pathlib import Path

import cv2
import numpy as np

from mmfsa.synth.renderer import HeadRenderer
from mmfsa.utils.cli import script_parser
from mmfsa.utils.files import replacing

SEED = 7
ROWS, COLUMNS = 5, 12
TURNED = 6  # the subject of synth_yaw.jpg
QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 80]


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('--out', type=Path, required=True, help='folder')
    args = parser.parse_args()
    renderer = HeadRenderer()
    heads = [renderer(SEED, subject, 0).image for subject in range(ROWS * COLUMNS)]
    rows = [np.hstack(heads[i : i + COLUMNS]) for i in range(0, len(heads), COLUMNS)]
    write(args.out / 'synth_heads.jpg', np.vstack(rows))
    turns = [
        renderer(SEED, TURNED, 0, pose=[yaw, 0, 0]).image
        for yaw in np.linspace(90, -90, COLUMNS + 1)
    ]
    write(args.out / 'synth_yaw.jpg', np.hstack(turns))


def write(path: Path, image: np.ndarray) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(cv2.imencode('.jpg', image, QUALITY)[1])
    print(f'{path}: {path.stat().st_size / 1000:.0f} kB')


if __name__ == '__main__':
    main()
