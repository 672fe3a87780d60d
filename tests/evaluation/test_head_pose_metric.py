import json
import logging
from dataclasses import asdict

import mmengine
import numpy as np
import pytest
import torch
from mmengine.dataset import DefaultSampler
from mmengine.evaluator import Evaluator
from mmengine.logging import MMLogger
from scipy.spatial.transform import Rotation

from mmfsa.evaluation import HeadPoseMetric, ProtocolCard, align_sequences, pose_errors
from mmfsa.registry import METRICS
from mmfsa.structures import (
    ORDERS,
    HeadPoseDataSample,
    matrix_to_pose,
    matrix_to_zyx_pose,
    pose_to_matrix,
    rotate_pose_in_plane,
)

METAINFO = dict(
    dataset='AFLW2000',
    num_found=2000,
    max_angle=99,
    box_source='landmarks',
    crop='box + 0.6 of it on each side',
    split=None,
    classes='of no use here',
)


def random_poses(n, seed=0):
    return np.random.default_rng(seed).uniform(-60, 60, (n, 3))


def make_samples(pred, gt, sequences=None):
    samples = []
    for i, poses in enumerate(zip(pred, gt, strict=True)):
        pred_pose, gt_pose = (torch.tensor(p, dtype=torch.float32) for p in poses)
        sample = HeadPoseDataSample(pred_pose=pred_pose, gt_pose=gt_pose)
        sample.set_metainfo(dict(img_path=f'face{i}.jpg', img_id=i))
        if sequences is not None:
            sample.set_metainfo(dict(sequence=sequences[i]))
        samples.append(sample)
    return samples


def evaluate(samples, metainfo=METAINFO, **kwargs):
    """The metrics and the metric, by mmengine's own evaluator."""
    evaluator = Evaluator(dict(type='mmfsa.HeadPoseMetric', **kwargs))
    evaluator.dataset_meta = metainfo
    for start in range(0, len(samples), 4):
        evaluator.process(samples[start : start + 4])
    return evaluator.evaluate(len(samples)), evaluator.metrics[0]


@pytest.fixture
def log(caplog):
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    yield caplog
    logger.removeHandler(caplog.handler)


def test_registered():
    assert METRICS.get('HeadPoseMetric') is HeadPoseMetric


def test_hand_computed_errors():
    gt = np.zeros((2, 3))
    pred = np.array([[10, 0, 0], [-20, 3, 0]])
    metrics, _ = evaluate(make_samples(pred, gt))
    assert metrics['head_pose/yaw'] == 15
    assert metrics['head_pose/pitch'] == 1.5
    assert metrics['head_pose/roll'] == 0
    assert metrics['head_pose/MAE'] == 5.5
    assert metrics['head_pose/yaw_bias'] == -5
    assert metrics['head_pose/pitch_bias'] == 1.5
    assert all(type(value) is float for value in metrics.values())


def test_rotation_errors_agree_with_scipy():
    def rotations(poses):
        yaw, pitch, roll = poses.T
        angles = np.stack([-pitch, yaw, roll], axis=1)
        return Rotation.from_euler('XYZ', angles, degrees=True)

    pred, gt = random_poses(101, 0), random_poses(101, 1)
    angles = np.degrees((rotations(pred).inv() * rotations(gt)).magnitude())
    axes = [rotations(poses).as_matrix() for poses in (pred, gt)]
    errors = pose_errors(pred, gt)
    assert errors['geodesic_mean'] == pytest.approx(angles.mean())
    assert errors['geodesic_median'] == pytest.approx(np.median(angles))
    assert errors['geodesic_p95'] == pytest.approx(np.percentile(angles, 95))
    cosines = np.einsum('nij,nij->nj', *axes)
    assert errors['MAEV'] == pytest.approx(np.degrees(np.arccos(cosines)).mean())


def test_only_the_wrapped_error_forgives_a_full_turn():
    gt = random_poses(5)
    errors = pose_errors(gt + np.array([0, 0, 360]), gt)
    assert errors['MAE'] == pytest.approx(120)
    assert errors['wrapped_MAE'] == pytest.approx(0, abs=1e-9)
    assert errors['geodesic_mean'] == pytest.approx(0, abs=1e-9)


def test_yaw_bins():
    yaw = np.array([0, -29.9, 30, -59, 90, -180])
    gt = np.stack([yaw, 0 * yaw, 0 * yaw], axis=1)
    pred = gt + np.array([1, 2, 3, 4, 5, 6])[:, None]
    metrics, metric = evaluate(make_samples(pred, gt))
    table = metric.table
    assert [*table] == ['all', 'yaw 0-30', 'yaw 30-60', 'yaw 90-180']
    assert [group['num'] for group in table.values()] == [6, 2, 2, 2]
    maes = [group['MAE'] for group in table.values()]
    assert maes == pytest.approx([3.5, 1.5, 3.5, 5.5], abs=1e-5)
    assert table['all']['MAE'] == metrics['head_pose/MAE']


def test_alignment_takes_out_a_rotation_per_sequence():
    gt, sequences = random_poses(40), ['a', 'b'] * 20
    offsets = pose_to_matrix([[5, 10, -3], [-7, 2, 8]] * 20)
    pred = matrix_to_pose(offsets @ pose_to_matrix(gt))
    pred[0] = matrix_to_pose(pose_to_matrix([0, 0, 179]) @ pose_to_matrix(gt[0]))

    metrics, metric = evaluate(make_samples(pred, gt, sequences), align=True)
    assert metrics['head_pose/geodesic_median'] > 9
    assert metrics['head_pose/aligned/geodesic_median'] < 1e-4
    assert metric.table['aligned']['num'] == 40
    assert metric.card.aligned == 'per sequence, reported apart'
    # Frames which are more than 90 degrees off have no say, but are aligned too.
    aligned = align_sequences(pred, gt, sequences)
    np.testing.assert_allclose(aligned[1:], gt[1:], atol=1e-6)
    np.testing.assert_allclose(
        pose_to_matrix(aligned[0]), offsets[0].T @ pose_to_matrix(pred[0]), atol=1e-6
    )


def test_alignment_writes_poses_as_the_predictions_are():
    gt = np.zeros((10, 3))
    gt[0], pred = [88, 5, 5], gt.copy()
    pred[0] = [93, 5, 5]
    aligned = align_sequences(pred, gt, ['a'] * 10)
    np.testing.assert_allclose(aligned, pred, atol=3)


def test_alignment_leaves_a_lost_sequence_alone():
    gt = random_poses(3)
    pred = matrix_to_pose(pose_to_matrix([0, 0, 150]) @ pose_to_matrix(gt))
    np.testing.assert_array_equal(align_sequences(pred, gt, ['a'] * 3), pred)


def test_alignment_needs_sequences():
    poses = random_poses(2)
    samples = make_samples(poses, poses, ['a', None])
    with pytest.raises(ValueError, match=r'1 of 2 faces have no sequence.*face1.jpg'):
        evaluate(samples, align=True)


def test_without_alignment_nothing_is_aligned():
    poses = random_poses(2)
    metrics, metric = evaluate(make_samples(poses, poses, ['a', 'b']))
    assert not [key for key in metrics if 'aligned' in key]
    assert metric.card.aligned is None


@pytest.mark.parametrize('bad', [float('nan'), float('inf')])
def test_a_pose_that_is_no_number_lowers_the_coverage(bad, log):
    """It ends no evaluation, and its face counts in no error."""
    poses = random_poses(9)
    pred = poses + 1
    pred[[2, 5], 1] = bad
    metrics, metric = evaluate(make_samples(pred, poses))
    assert metrics['head_pose/coverage'] == pytest.approx(7 / 9)
    assert metrics['head_pose/MAE'] == pytest.approx(1, abs=1e-5)
    assert metric.card.num_kept == 9 and metric.table['all']['num'] == 7
    assert [i for i, p in enumerate(metric.predictions) if p['pred'] is None] == [2, 5]
    assert 'coverage: 77.78%, 7 of 9 faces' in log.text


def test_a_model_says_where_it_fails():
    poses = random_poses(4)
    samples = make_samples(poses, poses)
    samples[1].valid = False
    metrics, _ = evaluate(samples)
    assert metrics['head_pose/coverage'] == 0.75
    for sample in samples:
        sample.valid = False
    with pytest.raises(ValueError, match='found no pose in any of 4 faces'):
        evaluate(samples)


def test_a_face_that_is_not_detected_lowers_the_coverage():
    poses = random_poses(4)
    samples = make_samples(poses + 1, poses)
    for i, sample in enumerate(samples):
        sample.valid = True
        sample.set_metainfo(dict(detected=i != 1, box_source='detector CenterFace'))
    metrics, metric = evaluate(samples)
    assert metrics['head_pose/coverage'] == 0.75
    assert metric.card.num_kept == 4 and metric.table['all']['num'] == 3
    assert metric.card.box_source == 'detector CenterFace'


def test_folded_errors_hide_large_ones():
    gt = np.zeros((1, 3))
    errors = pose_errors(np.array([[100.0, -175, 30]]), gt)
    assert errors['MAE'] == pytest.approx((100 + 175 + 30) / 3)
    assert errors['folded_MAE'] == pytest.approx((80 + 5 + 30) / 3)
    assert pose_errors(gt + 350, gt)['folded_MAE'] == pytest.approx(10)


def test_an_aligned_crop_is_scored_in_the_image():
    """Its label and its prediction are turned with it; the angles are the image's."""
    gt, pred = np.array([[0.0, 0, 30]]), np.array([[10.0, 5, 32]])
    (sample,) = make_samples(
        *(rotate_pose_in_plane(pose, -30.0) for pose in (pred, gt))
    )
    sample.set_metainfo(dict(turn=-30.0))
    metrics, _ = evaluate([sample])
    names = ('yaw', 'pitch', 'roll')
    found = [metrics[f'head_pose/{name}'] for name in names]
    np.testing.assert_allclose(found, [10, 5, 2], atol=1e-4)


def test_no_faces():
    with pytest.raises(ValueError, match='No face was evaluated'):
        evaluate([])


def test_wrong_number_of_faces_fails_before_the_evaluation():
    metric = HeadPoseMetric(expected_num=1969)
    metric.dataset_meta = METAINFO | dict(num_kept=1969)
    with pytest.raises(ValueError, match=r'491 faces .* 1969.*--allow-partial'):
        metric.dataset_meta = METAINFO | dict(num_kept=491)


def test_wrong_number_of_faces_fails_after_the_evaluation():
    poses = random_poses(3)
    evaluate(make_samples(poses, poses), expected_num=3)
    with pytest.raises(ValueError, match=r'3 faces .* 4.*--allow-partial'):
        evaluate(make_samples(poses, poses), expected_num=4)


def test_allow_partial_warns(log):
    poses = random_poses(3)
    _, metric = evaluate(make_samples(poses, poses), expected_num=4, allow_partial=True)
    warnings = [r.message for r in log.records if r.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert 'NOT COMPARABLE: 3 faces' in warnings[0]
    assert (metric.card.num_kept, metric.card.num_expected) == (3, 4)


def test_card_is_logged_and_kept(log):
    poses = random_poses(3)
    _, metric = evaluate(
        make_samples(poses, poses), expected_num=3, flip_test=True, color_order='BGR'
    )
    assert metric.card == ProtocolCard(
        dataset='AFLW2000',
        num_kept=3,
        num_found=2000,
        num_expected=3,
        max_angle=99,
        box_source='landmarks',
        crop='box + 0.6 of it on each side',
        color_order='BGR',
        flip_test=True,
        split=None,
        aligned=None,
    )
    assert str(metric.card) in log.text
    assert '| geodesic_mean     |' in log.text
    json.dumps(asdict(metric.card))


def test_card_says_what_is_not_stated():
    poses = random_poses(3)
    _, metric = evaluate(make_samples(poses, poses), metainfo={})
    assert metric.card.box_source == metric.card.split == 'not stated'


def test_predictions_are_kept():
    gt, pred = random_poses(5), random_poses(5, 1)
    _, metric = evaluate(make_samples(pred, gt, [*'aabbc']))
    assert json.loads(json.dumps(metric.predictions)) == [
        {
            'img_path': f'face{i}.jpg',
            'img_id': i,
            'crop_box': None,
            'sequence': 'aabbc'[i],
            'gt': gt[i].astype(np.float32).tolist(),
            'pred': pred[i].astype(np.float32).tolist(),
        }
        for i in range(5)
    ]


def evaluate_shard(rank, folder):
    """One of two processes: the faces that mmengine's sampler gives it."""
    torch.distributed.init_process_group(
        'gloo', init_method=f'file://{folder}/init', rank=rank, world_size=2
    )
    samples = make_samples(random_poses(11), random_poses(11, 1), [*'aaaabbbbccc'])
    mine = [samples[i] for i in DefaultSampler(samples, shuffle=False)]
    metric = HeadPoseMetric(align=True, expected_num=11, collect_dir=f'{folder}/shards')
    evaluator = Evaluator(metric)
    evaluator.dataset_meta = METAINFO
    for start in range(0, len(mine), 4):
        evaluator.process(mine[start : start + 4])
    metrics = evaluator.evaluate(len(samples))
    predictions = metric.predictions if rank == 0 else None
    mmengine.dump(
        dict(metrics=metrics, predictions=predictions), f'{folder}/{rank}.json'
    )
    torch.distributed.destroy_process_group()


def test_two_processes_give_the_metrics_of_one(tmp_path):
    """11 faces are padded to 12 for two processes: none may count twice."""
    torch.multiprocessing.start_processes(
        evaluate_shard, (str(tmp_path),), nprocs=2, start_method='fork'
    )
    samples = make_samples(random_poses(11), random_poses(11, 1), [*'aaaabbbbccc'])
    metrics, metric = evaluate(samples, align=True)
    first, second = (mmengine.load(tmp_path / f'{rank}.json') for rank in (0, 1))
    assert first['metrics'] == second['metrics'] == metrics
    assert first['predictions'] == metric.predictions


def test_the_published_order_reads_the_same_rotations():
    gt = random_poses(8)
    metrics, metric = evaluate(make_samples(gt, gt), order='as_published')
    expected = np.abs(matrix_to_zyx_pose(pose_to_matrix(gt)) - gt).mean()
    assert metrics['head_pose/MAE'] == pytest.approx(expected, abs=1e-4)
    assert metric.card.order == 'as_published'
    with pytest.raises(ValueError, match='order must be one of'):
        HeadPoseMetric(order='zyx')


@pytest.mark.parametrize('own', ['as_published', 'mixed'])
@pytest.mark.parametrize('turn', [0.0, 20.0])
def test_the_asked_order_counts_whatever_the_method_reads(own, turn):
    poses, gt = random_poses(8), random_poses(8, 1)

    def samples(order):
        rotations = pose_to_matrix(poses)
        found = make_samples(ORDERS[order](rotations), gt)
        for sample, rotation in zip(found, rotations, strict=True):
            sample.pred_rotation = torch.from_numpy(rotation)
            sample.set_metainfo(dict(order=order, turn=turn))
        return found

    for order in ORDERS:
        metrics, metric = evaluate(samples(own), order=order)
        assert metric.card.order == order
        assert metrics == pytest.approx(
            evaluate(samples('xyz'), order=order)[0], abs=1e-3
        )
    metrics, metric = evaluate(samples(own))
    assert metric.card.order == own
    assert metrics == evaluate(samples(own), order=own)[0]
    if not turn:
        expected = np.abs(ORDERS[own](pose_to_matrix(poses)) - gt).mean()
        assert metrics['head_pose/MAE'] == pytest.approx(expected, abs=1e-3)
