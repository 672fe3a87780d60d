"""Convert an exported model to float16 or int8.

    python tools/deployment/convert_precision.py MODEL.onnx OUT.onnx --fp16 \
        --crops data/300wlp/index.json
    python tools/deployment/convert_precision.py MODEL.onnx OUT.onnx --int8 \
        --crops data/300wlp/index.json

int8 calibrates on the crops: take some that the model was trained on, or others like
them, never those that it is scored on. A table shows what each layer alone costs; the
layers that cost too much stay in float.
"""

import argparse
from pathlib import Path

from mmfsa.deploy import ModelCard
from mmfsa.deploy.crops import read_crops
from mmfsa.deploy.precision import sensitivity, to_fp16, to_int8
from mmfsa.evaluation.tables import format_table
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('model', type=Path, help='what export_onnx.py wrote')
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
    parser.add_argument('--num', type=int, default=256, help='of the crops, at most')
    parser.add_argument(
        '--keep-above',
        type=float,
        default=0.1,
        metavar='DEGREES',
        help='layers that alone move an angle by more than this on average stay in float',
    )
    args = parser.parse_args()

    register_all_modules()
    with clear_errors():
        crops, _ = read_crops(args.crops, ModelCard.read(args.model), args.num)
        if args.fp16:
            deviation = to_fp16(args.model, args.out, crops)
        else:
            costs = sensitivity(args.model, crops)
            keep = [layer for layer, cost in costs.items() if cost > args.keep_above]
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


if __name__ == '__main__':
    main()
