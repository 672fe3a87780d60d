"""Export the weights that come with mmfsa, so that they run without torch.

    python tools/misc/export_weights.py
    python tools/misc/export_weights.py nano fsa_caps_1x1.synthetic

Each network becomes an ONNX file beside its checkpoint in mmfsa/weights, and its SHA-256
a line of index.json. The file is kept only if ONNX Runtime computes the poses of torch
from it.
"""

import argparse

from mmfsa.utils.cli import clear_errors, script_parser


def parse_args() -> argparse.Namespace:
    parser = script_parser(__doc__)
    parser.add_argument(
        'names', nargs='*', help='by default the weights that are exported already'
    )
    return parser.parse_args()


if __name__ == '__main__':
    args = parse_args()
    with clear_errors():
        from mmfsa.utils import register_all_modules
        from mmfsa.zoo.exported import export_weights

        register_all_modules()
        for name, deviation in export_weights(args.names).items():
            print(f'{name}: at most {deviation:.1e}° from torch')
