"""Export a checkpoint to ONNX.

    python tools/deployment/export_onnx.py configs/fsa_caps_1x1_p1.py \
        CHECKPOINT OUT.onnx --crops data/300wlp/index.json

The file gets its name after ONNX Runtime has computed from it what torch computes, on
random crops and on those given.
"""

import argparse
from pathlib import Path

from _model import add_model_arguments, load_model

from mmfsa.deploy import ModelCard, export_onnx
from mmfsa.deploy.crops import read_crops
from mmfsa.deploy.deployed_model import LAYOUTS
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors

CROPS = 256


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_model_arguments(parser)
    parser.add_argument('out', type=Path)
    parser.add_argument(
        '--layout', choices=LAYOUTS, default='NCHW', help='of the crops'
    )
    parser.add_argument(
        '--dtype', choices=('float32', 'uint8'), default='float32', help='of the crops'
    )
    parser.add_argument(
        '--rotation', action='store_true', help='also output rotation matrices'
    )
    parser.add_argument(
        '--crops',
        type=Path,
        help=f'compare on up to {CROPS} of these, too: a data set (index.json, .npz) or '
        'a folder of face crops',
    )
    args = parser.parse_args()

    register_all_modules()
    with clear_errors():
        cfg, model = load_model(args)
        card = ModelCard.of(cfg, args.checkpoint, args.layout, args.dtype)
        crops = read_crops(args.crops, card, CROPS)[0] if args.crops else None
        deviation = export_onnx(model, args.out, card, args.rotation, crops)
    on = f'random crops and {len(crops)} real ones' if args.crops else 'random crops'
    print(
        f'{args.out}: {args.out.stat().st_size / 1e6:.2f} MB, at most '
        f'{deviation["max"]:.1e}° from torch on {on}'
    )


if __name__ == '__main__':
    main()
