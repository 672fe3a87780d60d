"""Errors of head poses under a stated protocol."""

import logging
from collections.abc import Sequence

import numpy as np
import torch
from mmengine.evaluator import BaseMetric
from mmengine.logging import print_log

from mmfsa.registry import METRICS
from mmfsa.structures import (
    ANGLES,
    ORDERS,
    closest_triple,
    geodesic_distance,
    is_pose,
    maev,
    matrix_to_pose,
    pose_to_matrix,
    rotate_pose_in_plane,
    wrapped_difference,
)

from .landmark_error import landmark_error
from .protocol import ProtocolCard
from .tables import format_table

KEPT = ('img_path', 'img_id', 'crop_box', 'sequence')  # beside label and prediction
# What a sample says of the protocol.
SEEN = ('box_source', 'crop_rule', 'color_order', 'flip_test', 'order')
XYZ = 'xyz'  # the order of the labels
TURNS = 0, 180, 360  # degrees that folded errors leave out
YAW_BINS = (0, 30, 60, 90, 180)  # edges in degrees of the label's |yaw|


def pose_errors(pred: np.ndarray, gt: np.ndarray) -> dict[str, float]:
    """Every error of a set of poses.

    Args:
        pred: (N, 3) predicted yaw, pitch, roll in degrees.
        gt: (N, 3) labelled yaw, pitch, roll in degrees.

    Returns:
        Degrees. ``yaw``, ``pitch``, ``roll``: mean absolute errors, and ``MAE``, their
        mean (the literature's numbers, not wrapped). ``wrapped_MAE``: the same of
        :func:`~mmfsa.structures.wrapped_difference`. ``folded_MAE``: the mean of the
        absolute differences; one that is nearer to 180 or 360 counts as its distance from
        there, as in 6DRepNet's test code (docs/en/protocols.md). ``yaw_bias``,
        ``pitch_bias``, ``roll_bias``: mean of prediction − label. ``geodesic_mean``,
        ``geodesic_median``, ``geodesic_p95``: of the angle between the rotations.
        ``MAEV``: mean angle between matching axes.
    """
    difference = pred - gt
    absolute = np.abs(difference)
    mae = absolute.mean(0)
    folded = np.min([np.abs(absolute - turn) for turn in TURNS], axis=0)
    pred_matrix, gt_matrix = pose_to_matrix(pred), pose_to_matrix(gt)
    geodesic = geodesic_distance(pred_matrix, gt_matrix)
    errors = {
        **dict(zip(ANGLES, mae, strict=True)),
        'MAE': mae.mean(),
        'wrapped_MAE': wrapped_difference(pred, gt).mean(),
        'folded_MAE': folded.mean(),
        'geodesic_mean': geodesic.mean(),
        'geodesic_median': np.median(geodesic),
        'geodesic_p95': np.percentile(geodesic, 95),
        'MAEV': maev(pred_matrix, gt_matrix).mean(),
        **{f'{a}_bias': b for a, b in zip(ANGLES, difference.mean(0), strict=True)},
    }
    return {name: float(error) for name, error in errors.items()}


def read_in_order(pose: np.ndarray, order: str) -> np.ndarray:
    """The angles of the same rotations, read in an order.

    Args:
        pose: (..., 3) yaw, pitch, roll in degrees.
        order: One of :data:`mmfsa.structures.ORDERS`.
    """
    return ORDERS[order](pose_to_matrix(pose))


def align_sequences(
    pred: np.ndarray, gt: np.ndarray, sequences: Sequence[str]
) -> np.ndarray:
    """Take each sequence's constant rotation out of its predictions.

    The neutral pose of BIWI's labels differs per sequence. With the prediction's and
    the label's matrices P and G, D is the mean rotation of ``P · Gᵀ`` over a sequence's
    frames where its angle is below 90 degrees, and ``Dᵀ · P`` the aligned prediction.

    Args:
        pred: (N, 3) predicted yaw, pitch, roll in degrees.
        gt: (N, 3) labelled yaw, pitch, roll in degrees.
        sequences: N names.

    Returns:
        (N, 3) aligned predictions in degrees, written as the triples that are closer to
        the predictions; a sequence without a frame below 90 degrees stays as it is.
    """
    from scipy.spatial.transform import Rotation

    pred_matrix, gt_matrix = pose_to_matrix(pred), pose_to_matrix(gt)
    near = geodesic_distance(pred_matrix, gt_matrix) < 90
    aligned = pred.copy()
    names, index = np.unique(sequences, return_inverse=True)
    for i in range(len(names)):
        frames = index == i
        used = frames & near
        if used.any():
            offsets = pred_matrix[used] @ gt_matrix[used].swapaxes(-1, -2)
            offset = Rotation.from_matrix(offsets).mean().as_matrix()
            poses = matrix_to_pose(offset.T @ pred_matrix[frames])
            aligned[frames] = closest_triple(poses, pred[frames])
    return aligned


@METRICS.register_module()
class HeadPoseMetric(BaseMetric):
    """Errors of predicted head poses, with the protocol that they were measured under.

    The metrics are those of :func:`pose_errors` over the faces that the model answers
    for, and ``coverage``, the share of these faces: a model says ``valid=False`` where
    it fails, and a pose that is no number counts as that. So does a face that the
    protocol's detector has not found (``detected=False``). The log also shows the errors
    per bin of the label's |yaw|: [0, 30), [30, 60), [60, 90) and [90, 180] degrees.
    Where landmarks are found and labelled, ``NME`` is their mean error in percent
    (:func:`~mmfsa.evaluation.landmark_error.normalized_mean_error`).

    The protocol's boxes, crop, colour order and flip test are what the samples state:
    the pipeline notes its boxes and crop, the model the rest. So the card is true for
    every runner.

    The log has the card and the groups once; a further evaluation by the same protocol, as
    after each epoch, is one line.

    An evaluation leaves, on the main process, what a results file needs:

    * ``card``: the :class:`ProtocolCard`;
    * ``table``: the errors and number of faces per group: ``all``, ``yaw 0-30``, …;
    * ``predictions``: per face img_path, img_id, crop_box, sequence, gt and pred
      (the poses; a pred that failed is None).

    Args:
        expected_num: Number of faces that the protocol has. Another number is an error,
            which is raised before anything is evaluated.
        allow_partial: Make that error a warning.
        align: Also report the errors after :func:`align_sequences`, as
            ``aligned/MAE`` and so on. Every face needs a ``sequence``.
        color_order: Channel order of the input of a model that does not state it.
        flip_test: The flip test of a model that does not state it.
        order: In which order angles are read off a predicted rotation, one of
            :data:`mmfsa.structures.ORDERS`; all but `xyz` are to reproduce published
            errors. None: the order that the model states, or `xyz`.
        **kwargs: Arguments of mmengine's ``BaseMetric``.
    """

    default_prefix = 'head_pose'

    def __init__(
        self,
        expected_num: int | None = None,
        allow_partial: bool = False,
        align: bool = False,
        color_order: str | None = None,
        flip_test: bool | None = None,
        order: str | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.expected_num = expected_num
        self.allow_partial = allow_partial
        self.align = align
        if order is not None and order not in ORDERS:
            raise ValueError(f'order must be one of {[*ORDERS]}, got {order!r}')
        self.order = order
        told = dict(color_order=color_order, flip_test=flip_test)
        self._told = {key: value for key, value in told.items() if value is not None}
        self._shown = ''

    @BaseMetric.dataset_meta.setter
    def dataset_meta(self, dataset_meta: dict) -> None:
        """Set the data set's metainfo, before the evaluation."""
        self._dataset_meta = dataset_meta
        if 'num_kept' in dataset_meta:
            self._check_num(dataset_meta['num_kept'])

    def process(
        self,
        data_batch: dict | None,  # noqa: ARG002 (mmengine's interface)
        data_samples: Sequence[dict],
    ) -> None:
        """Keep the poses of one batch.

        Args:
            data_batch: Not used.
            data_samples: :class:`~mmfsa.structures.HeadPoseDataSample` as dicts.
        """
        for sample in data_samples:
            result = {key: sample.get(key) for key in KEPT}
            result['seen'] = {key: sample[key] for key in SEEN if key in sample}
            turn = sample.get('turn', 0.0)
            for key, name in (('gt', 'gt_pose'), ('pred', 'pred_pose')):
                pose = torch.as_tensor(sample[name])
                if key == 'pred' and is_pose(pose) and sample.get('order', XYZ) != XYZ:
                    pose = matrix_to_pose(torch.as_tensor(sample['pred_rotation']))
                if turn:  # the crop was aligned: back to the image
                    pose = rotate_pose_in_plane(pose, -turn)
                result[key] = pose.tolist()
            seen = sample.get('valid', True) and sample.get('detected', True)
            if not (seen and is_pose(result['pred'])):
                result['pred'] = None
            result['nme'] = landmark_error(sample)
            self.results.append(result)

    def compute_metrics(self, results: list[dict]) -> dict[str, float]:
        """Compute and log the errors of all faces.

        Args:
            results: What :meth:`process` kept.

        Raises:
            ValueError: There is no face, none that the model answers for, another number
                than the protocol's, or faces (named) without a sequence to align.
        """
        if not results:
            raise ValueError('No face was evaluated: is the data set empty?')
        self._check_num(len(results))
        seen = results[0]['seen']
        landmark_errors = np.array(
            [r['nme'] for r in results if r['pred'] is not None], dtype=float
        )
        hidden = 'seen', 'nme'
        everything = [{k: v for k, v in r.items() if k not in hidden} for r in results]
        results = [r for r in everything if r['pred'] is not None]
        if not results:
            raise ValueError(
                f'the model found no pose in any of {len(everything)} faces (valid=False, '
                'no number, or no face detected): are these the weights of this model?'
            )
        coverage = len(results) / len(everything)
        seen['order'] = order = self.order or seen.get('order', XYZ)
        if order != XYZ:
            for result in results:
                result['pred'] = read_in_order(result['pred'], order).tolist()
        gt, pred = (np.array([r[key] for r in results]) for key in ('gt', 'pred'))

        groups = {'all': (pred, gt)}
        in_group = {}
        bins = np.digitize(np.abs(gt[:, 0]), YAW_BINS[1:-1])
        for i in np.unique(bins):
            name = 'yaw {}-{}'.format(*YAW_BINS[i : i + 2])
            in_group[name] = bins == i
            groups[name] = (pred[bins == i], gt[bins == i])
        if self.align:
            sequences = [r['sequence'] for r in results]
            _require(
                'sequence to align by', [s is not None for s in sequences], results
            )
            groups['aligned'] = (align_sequences(pred, gt, sequences), gt)

        errors = {name: pose_errors(*poses) for name, poses in groups.items()}
        known = np.isfinite(landmark_errors)
        if known.any():
            for name in errors:
                chosen = landmark_errors[known & in_group.get(name, True)]
                errors[name]['NME'] = float(chosen.mean()) if len(chosen) else None
        self.table = {
            name: {'num': len(groups[name][0]), **errors[name]} for name in groups
        }
        self.predictions = everything
        if 'crop_rule' in seen:
            seen['crop'] = seen.pop('crop_rule')
        self.card = ProtocolCard.from_metainfo(
            {**(self.dataset_meta or {}), **self._told, **seen},
            num_kept=len(everything),
            num_expected=self.expected_num,
            aligned='per sequence, reported apart' if self.align else None,
        )
        rows = [
            [name, *(_format(group[name]) for group in self.table.values())]
            for name in self.table['all']
        ]
        head = 'errors in degrees' + ', NME in percent' * ('NME' in errors['all'])
        table = format_table([head, *self.table], rows)
        answered = (
            f'coverage: {coverage:.2%}, {len(results)} of {len(everything)} faces'
        )
        whole = f'\n\n{self.card}\n\n{answered}\n{table}\n'
        # The epochs of a training have one protocol, which is read once.
        again, self._shown = self._shown == str(self.card), str(self.card)
        print_log(_line(errors['all'], answered) if again else whole, logger='current')
        aligned = errors.get('aligned', {})
        return (
            errors['all']
            | {f'aligned/{name}': e for name, e in aligned.items()}
            | {'coverage': coverage}
        )

    def _check_num(self, num: int) -> None:
        if self.expected_num in (None, num):
            return
        message = (
            f'{num} faces are to be evaluated, the protocol has {self.expected_num}: '
            'convert the whole data set (`mmfsa data`), and check the '
            "dataset's filter_cfg and split."
        )
        if not self.allow_partial:
            raise ValueError(
                f'{message} --allow-partial (allow_partial=True) evaluates them anyway.'
            )
        print_log(
            f'PARTIAL DATA, NOT COMPARABLE: {message}',
            logger='current',
            level=logging.WARNING,
        )


def _line(errors: dict[str, float], answered: str) -> str:
    """The errors of all faces in a line."""
    numbers = '  '.join(f'{name} {_format(error)}' for name, error in errors.items())
    return f'errors in degrees: {numbers}; {answered}'


def _format(value: float | int | None) -> str:
    if value is None:
        return 'unknown'
    return f'{value:6.2f}' if isinstance(value, float) else f'{value:6}'


def _require(what: str, holds: Sequence[bool], results: Sequence[dict]) -> None:
    lacking = [
        r['img_path'] for r, good in zip(results, holds, strict=True) if not good
    ]
    if lacking:
        raise ValueError(
            f'{len(lacking)} of {len(results)} faces have no {what}: '
            f'{", ".join(map(str, lacking[:5]))}{", …" if len(lacking) > 5 else ""}'
        )
