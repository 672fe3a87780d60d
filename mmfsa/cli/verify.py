"""Compare exported models and engines with torch, on every backend that runs them.

ONNX files are run by ONNX Runtime, OpenVINO and OpenCV, engines by the TensorRT that built
them. Exits with 1 if a file that could be run is beyond the gate of its precision: float32
1e-3° for every angle, float16 0.1° for 99 % of them, int8 0.1° of mean absolute error on
a labelled data set.
"""

import argparse
from pathlib import Path

from mmfsa.utils.cli import keep_inputs, positive

from .options import add_model_arguments, named_model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa verify` and tools/deployment/verify.py."""
    add_model_arguments(parser, '+', '.onnx and .engine files')
    parser.add_argument(
        '--crops',
        type=Path,
        required=True,
        help='a data set (index.json, .npz), or a folder of face crops, which has no '
        'labels to compute an MAE from',
    )
    parser.add_argument(
        '--num', type=positive, help='take at most so many crops; all by default'
    )
    parser.add_argument(
        '--compile',
        action='store_true',
        help='verify torch.compile, which takes a minute',
    )
    parser.add_argument('--out', type=Path, metavar='JSON')


def run(args: argparse.Namespace) -> int:
    """Verify the files; 1 if one is beyond its gate."""
    from mmfsa.deploy import ModelCard
    from mmfsa.deploy.crops import largest_angle, read_crops
    from mmfsa.deploy.parity import GATES
    from mmfsa.deploy.verify import verification_table, verify
    from mmfsa.methods import load_model
    from mmfsa.utils import register_all_modules
    from mmfsa.utils.files import write_json

    register_all_modules()
    cfg, checkpoint, name, files = named_model(args, 'verify')
    if not files:
        raise ValueError('name the .onnx and .engine files to verify after the model')
    keep_inputs([args.out], [checkpoint, *files, args.crops])
    model, _ = load_model(cfg, checkpoint, args.trust_checkpoint)
    card = ModelCard.of(model, name, checkpoint)
    crops, labels = read_crops(args.crops, card, args.num, largest_angle(cfg))
    rows = verify(model, card, files, crops, labels, args.compile)
    print(f'\nDegrees from torch on {len(crops)} face crops')
    print(verification_table(rows))
    if args.out:
        write_json(
            dict(
                config=card.config,
                weights_sha256=card.weights_sha256,
                crops=dict(source=str(args.crops), num=len(crops)),
                gates=GATES,
                rows=rows,
            ),
            args.out,
        )
    return int(any(row.get('failed') for row in rows))
