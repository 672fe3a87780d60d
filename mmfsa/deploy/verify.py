"""Whether a deployed model computes the same poses as torch, on every backend."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch.nn as nn

from mmfsa.evaluation import pose_errors
from mmfsa.evaluation.tables import format_table
from mmfsa.utils.progress import track

from .backends import Backend, backends_of, build_backend
from .card import ModelCard
from .parity import GATES, deviation, failures, reference_poses

BATCH = 16
COLUMNS = ('max', 'p99', 'mean', 'geodesic_max', 'MAE', 'MAE_drift')


def verify(
    model: nn.Module,
    card: ModelCard,
    files: Iterable[Path],
    crops: np.ndarray,
    labels: np.ndarray | None = None,
    compiled: bool = False,
) -> list[dict]:
    """Compare a model's files with the model, on every backend that runs them.

    Args:
        model: The estimator with its weights.
        card: What the files should say about themselves.
        files: ONNX files and engines.
        crops: Face crops (N, height, width, 3), BGR uint8.
        labels: Their poses (N, 3) in degrees, for the mean absolute error.
        compiled: Verify `torch.compile`, too, which takes a minute.

    Returns:
        A row for each file and backend: `file`, `backend`, and either `skipped`, the
        reason, or `precision`, the columns of :func:`~mmfsa.deploy.parity.deviation`,
        `MAE` and `MAE_drift` with labels, and `failed`, the gates that were not passed.

    Raises:
        FileNotFoundError: If a file is neither an ONNX file nor an engine.
        ValueError: If a file was made from other weights, or with another flip test.
    """
    reference = reference_poses(model, crops)
    rows = []
    for name in ('torch', 'torch-compile')[: 1 + compiled]:
        row = dict(file='(the model)', backend=name, precision='fp32')
        rows.append(
            row | _compare(build_backend(name, model), crops, reference, labels)
        )
    for path in files:
        for name in backends_of(path):
            row = dict(file=path.name, backend=name)
            try:
                backend = build_backend(name, path)
            except (ImportError, NotImplementedError) as e:
                rows.append(row | dict(skipped=str(e)))
                continue
            _check_card(backend.card, card, path)
            row['precision'] = backend.card.precision
            rows.append(row | _compare(backend, crops, reference, labels))
    for row in rows:
        if 'skipped' not in row:
            row['failed'] = _judge(row)
    return rows


def verification_table(rows: list[dict]) -> str:
    """The rows of :func:`verify`, in degrees, as a table."""
    return format_table(
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


def _check_card(card: ModelCard, expected: ModelCard, path: Path) -> None:
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


def _compare(
    backend: Backend,
    crops: np.ndarray,
    reference: np.ndarray,
    labels: np.ndarray | None,
) -> dict[str, float]:
    batches = track(range(0, len(crops), BATCH), type(backend).__name__)
    poses = np.concatenate([backend.estimate(crops[i : i + BATCH]) for i in batches])
    measured = deviation(poses, reference)
    if labels is not None:
        measured['MAE'], expected = (
            pose_errors(p, labels)['MAE'] for p in (poses, reference)
        )
        measured['MAE_drift'] = measured['MAE'] - expected
    return measured


def _judge(row: dict) -> list[str]:
    """The gates that were not passed; one that could not be tried is not passed."""
    untried = [
        f'{name} needs a labelled data set'
        for name in GATES[row['precision']]
        if name not in row
    ]
    return failures(row, row['precision']) + untried
