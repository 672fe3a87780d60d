"""Does a deployed model compute the same poses? Compares every backend with torch.

    python tools/deployment/verify.py configs/fsa_caps_1x1_p1.py CHECKPOINT \
        MODEL.onnx MODEL_fp16.onnx MODEL.engine \
        --crops data/aflw2000/index.json --out verify.json

ONNX files are run by ONNX Runtime and OpenVINO, engines by the TensorRT that built them.
Exits with 1 if a file that could be run is beyond the gate of its precision: float32
1e-3° for every angle, float16 0.1° for 99 % of them, int8 0.1° of mean absolute error on
a labelled data set.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from _model import add_model_arguments, load_model
from rich.progress import track

from mmfsa.deploy import Backend, ModelCard, build_backend
from mmfsa.deploy.backends import backends_of
from mmfsa.deploy.crops import read_crops
from mmfsa.deploy.parity import GATES, deviation, failures, reference_poses
from mmfsa.evaluation import pose_errors
from mmfsa.evaluation.tables import format_table
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors
from mmfsa.utils.files import write_json

BATCH = 16
COLUMNS = ('max', 'p99', 'mean', 'geodesic_max', 'MAE', 'MAE_drift')


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_model_arguments(parser)
    parser.add_argument('files', type=Path, nargs='+', help='.onnx and .engine files')
    parser.add_argument(
        '--crops',
        type=Path,
        required=True,
        help='a data set (index.json, .npz), or a folder of face crops, which has no '
        'labels to compute an MAE from',
    )
    parser.add_argument('--num', type=int, help='of the crops, at most; all by default')
    parser.add_argument(
        '--compile',
        action='store_true',
        help='verify torch.compile, which takes a minute',
    )
    parser.add_argument('--out', type=Path, metavar='JSON')
    args = parser.parse_args()

    register_all_modules()
    with clear_errors():
        cfg, model = load_model(args)
        card = ModelCard.of(cfg, args.checkpoint)
        crops, labels = read_crops(args.crops, card, args.num)
        reference = reference_poses(model, crops)
        rows = [
            dict(file='(the model)', backend=name, precision='fp32')
            | compare(build_backend(name, model), crops, reference, labels)
            for name in ('torch', 'torch-compile')[: 1 + args.compile]
        ]
        for path in args.files:
            for name in backends_of(path):
                about = dict(file=path.name, backend=name)
                try:
                    backend = build_backend(name, path)
                except ImportError as e:
                    rows.append(about | dict(skipped=str(e)))
                    continue
                check_card(backend.card, card, path)
                about['precision'] = backend.card.precision
                rows.append(about | compare(backend, crops, reference, labels))
    for row in rows:
        if 'skipped' not in row:
            row['failed'] = judge(row)
    report(rows, len(crops))
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
    sys.exit(any(row.get('failed') for row in rows))


def check_card(card: ModelCard, expected: ModelCard, path: Path) -> None:
    if card.weights_sha256 != expected.weights_sha256:
        raise ValueError(
            f'{path} was made from other weights ({card.config}, '
            f'{card.weights_sha256[:12]}…) than {expected.weights_sha256[:12]}…'
        )
    if card.flip_test != expected.flip_test:
        raise ValueError(
            f'{path} was exported {"with" if card.flip_test else "without"} --flip-test: '
            'compare it with the same'
        )


def compare(
    backend: Backend,
    crops: np.ndarray,
    reference: np.ndarray,
    labels: np.ndarray | None,
) -> dict[str, float]:
    poses = np.concatenate(
        [
            backend.estimate(crops[i : i + BATCH])
            for i in track(range(0, len(crops), BATCH), type(backend).__name__)
        ]
    )
    measured = deviation(poses, reference)
    if labels is not None:
        measured['MAE'], expected = (
            pose_errors(p, labels)['MAE'] for p in (poses, reference)
        )
        measured['MAE_drift'] = measured['MAE'] - expected
    return measured


def judge(row: dict) -> list[str]:
    """The gates that were not passed; one that could not be tried is not passed."""
    untried = [
        f'{name} needs a labelled data set'
        for name in GATES[row['precision']]
        if name not in row
    ]
    return failures(row, row['precision']) + untried


def report(rows: list[dict], num: int) -> None:
    print(f'\nDegrees from torch on {num} face crops')
    print(
        format_table(
            ['file', 'backend', 'precision', *COLUMNS, ''],
            (
                [
                    row['file'],
                    row['backend'],
                    row.get('precision', ''),
                    *(f'{row[c]:.3g}' if c in row else '' for c in COLUMNS),
                    row.get('skipped') or '; '.join(row['failed']) or 'passes',
                ]
                for row in rows
            ),
        )
    )


if __name__ == '__main__':
    main()
