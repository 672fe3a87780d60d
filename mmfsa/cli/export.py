"""Export a model to ONNX.

The file gets its name after ONNX Runtime has computed from it what torch computes, on
random crops and on those given.
"""

import argparse
from pathlib import Path

from mmfsa.utils.cli import keep_inputs

from .options import add_model_arguments, named_model

CROPS = 256


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa export` and tools/deployment/export_onnx.py."""
    from mmfsa.deploy.card import KNOWN

    add_model_arguments(parser, '+', 'the ONNX file to write')
    parser.add_argument(
        '--layout', choices=KNOWN['layout'], default='NCHW', help='order of the input'
    )
    parser.add_argument(
        '--dtype',
        choices=KNOWN['dtype'],
        default='float32',
        help='type of the input',
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


def run(args: argparse.Namespace) -> int:
    """Export the model, and say how far the file is from it."""
    from mmfsa.deploy import ModelCard, export_onnx
    from mmfsa.deploy.crops import largest_angle, read_crops
    from mmfsa.methods import load_model
    from mmfsa.utils import register_all_modules

    register_all_modules()
    cfg, checkpoint, name, files = named_model(args, 'export')
    if len(files) != 1:
        raise ValueError('name one ONNX file to write after the model')
    out = files[0]
    if out.suffix != '.onnx':
        raise ValueError(f'{out} must end in .onnx: that is how others know its format')
    keep_inputs([out], [checkpoint])
    model, _ = load_model(cfg, checkpoint, args.trust_checkpoint)
    card = ModelCard.of(model, name, checkpoint, args.layout, args.dtype)
    crops = None
    if args.crops:
        crops, _ = read_crops(args.crops, card, CROPS, largest_angle(cfg))
    deviation = export_onnx(model, out, card, args.rotation, crops)
    on = f'random crops and {len(crops)} real ones' if args.crops else 'random crops'
    print(
        f'{out}: {out.stat().st_size / 1e6:.2f} MB, at most '
        f'{deviation["max"]:.1e}° from torch on {on}'
    )
    return 0
