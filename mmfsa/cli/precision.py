"""Convert an exported model to float16 or int8.

int8 calibrates on the crops: take some that the model was trained on, or others like
them, never those that it is scored on. A table shows what each layer alone costs; the
layers that cost too much stay in float.
"""

import argparse
from pathlib import Path

from mmfsa.utils.cli import keep_inputs, positive

KEEP_ABOVE = 0.1  # degrees


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa precision` and tools/deployment/convert_precision.py."""
    parser.add_argument('model', type=Path, help='an exported model (.onnx)')
    parser.add_argument('out', type=Path)
    precision = parser.add_mutually_exclusive_group(required=True)
    precision.add_argument('--fp16', action='store_true')
    precision.add_argument('--int8', action='store_true')
    parser.add_argument(
        '--crops',
        type=Path,
        required=True,
        help='a data set (index.json, .npz) or a folder of face crops',
    )
    parser.add_argument(
        '--num', type=positive, default=256, help='take at most so many crops'
    )
    parser.add_argument(
        '--max-angle',
        type=float,
        metavar='DEGREES',
        help="leave out faces with a larger angle; by default as the model's test set, "
        'where the model is in the zoo',
    )
    parser.add_argument(
        '--keep-above',
        type=float,
        metavar='DEGREES',
        help='layers that alone move an angle by more than this on average stay in float; '
        f'{KEEP_ABOVE}',
    )


def run(args: argparse.Namespace) -> int:
    """Convert the model, and say how far the result is from it."""
    from mmfsa.deploy import ModelCard
    from mmfsa.deploy.crops import read_crops
    from mmfsa.deploy.precision import sensitivity, to_fp16, to_int8
    from mmfsa.evaluation.tables import format_table
    from mmfsa.utils import register_all_modules

    if args.fp16 and args.keep_above is not None:
        raise ValueError('--keep-above is for --int8, and changes nothing with --fp16')
    if args.max_angle is not None and args.crops.is_dir():
        raise ValueError(
            f'--max-angle would change nothing: {args.crops} is a folder, whose crops '
            'have no labels'
        )
    keep_inputs([args.out], [args.model, args.crops])
    register_all_modules()
    card = ModelCard.read(args.model)
    max_angle = args.max_angle or _max_angle(card.config)
    crops, _ = read_crops(args.crops, card, args.num, max_angle)
    if args.fp16:
        deviation = to_fp16(args.model, args.out, crops)
    else:
        costs = sensitivity(args.model, crops)
        most = KEEP_ABOVE if args.keep_above is None else args.keep_above
        keep = [layer for layer, cost in costs.items() if cost > most]
        rows = (
            [layer, f'{cost:.3f}', 'float' if layer in keep else 'int8']
            for layer, cost in costs.items()
        )
        print(format_table(['layer', 'mean °, alone in int8', 'becomes'], rows))
        deviation = to_int8(args.model, args.out, crops, keep)
    sizes = (path.stat().st_size / 1e6 for path in (args.model, args.out))
    print(
        '{}: {:.2f} → {:.2f} MB; {:.2g}° from it on average, {:.2g}° at the 99th '
        'percentile'.format(args.out, *sizes, deviation['mean'], deviation['p99'])
    )
    return 0


def _max_angle(experiment: str) -> float | None:
    """The largest angle of an experiment's test set, where the zoo has the experiment."""
    from mmfsa import zoo
    from mmfsa.deploy.crops import largest_angle

    if experiment not in zoo.models():
        return None
    return largest_angle(zoo.get_config(experiment))
