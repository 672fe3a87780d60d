"""Figures of errors: bins, the worst faces, the crops that the network saw."""

import re

import cv2
import numpy as np
import pytest

from mmfsa.evaluation.error_analysis import (
    WORST,
    bin_errors,
    compare_angles,
    draw_worst,
    read_face,
    slope_line,
    slopes,
)
from mmfsa.evaluation.results import read_results


def test_every_figure_is_drawn(run_tool, write_results, tmp_path):
    paths = [
        write_results('a.json', faces=6, num_kept=6),
        write_results('b.json', 'fsa_caps_var_p1.py', faces=6, dataset='BIWI'),
    ]
    out = tmp_path / 'figures'
    printed = run_tool('analysis_tools/error_analysis.py', *paths, '--out', out)
    expected = {'angles.png'} | {
        f'{name}_{kind}.png'
        for name in ('fsa_caps_1x1_p1_AFLW2000', 'fsa_caps_var_p1_BIWI')
        for kind in ('against_label', 'distribution', 'worst')
    }
    assert {path.name for path in out.iterdir()} == expected
    for path in out.iterdir():
        assert cv2.imread(str(path)).std() > 10, path
    assert 'AFLW2000, 6 of 1969 faces (partial)' in printed


def test_figure_6_has_a_panel_for_each_protocol(write_results):
    results = read_results(
        [
            write_results('a.json'),
            write_results('b.json', 'fsa_caps_var_p1.py', box_source='yunet'),
            write_results('c.json', 'fsa_caps_wo_p1.py'),
        ]
    )
    figure = compare_angles(results)
    names = [axes.get_legend_handles_labels()[1] for axes in figure.axes]
    assert names == [['fsa_caps_1x1_p1', 'fsa_caps_wo_p1'], ['fsa_caps_var_p1']]
    heights = [bar.get_height() for bar in figure.axes[1].patches]
    np.testing.assert_allclose(heights, [3.5, 0, 0], atol=1e-9)


def test_bins_hold_every_face_once_and_the_sign_of_the_error():
    gt = np.array([[-15.0, 0, 0], [-0.1, 0, 0], [0, 0, 0], [14.9, 0, 0], [15, 0, 0]])
    bins = bin_errors(gt + np.array([-2, 1, 0]), gt)
    assert {edge: errors['num'] for edge, errors in bins['yaw'].items()} == {
        -15: 2,
        0: 2,
        15: 1,
    }
    assert bins['pitch'][0]['num'] == 5
    assert bins['yaw'][15]['yaw_bias'] == pytest.approx(-2)
    assert bins['yaw'][15]['yaw'] == pytest.approx(2)


def test_a_head_from_behind_errs_by_the_shorter_way():
    bins = bin_errors(np.array([[-175.0, 0, 0]]), np.array([[170.0, 0, 0]]))
    assert bins['yaw'][165]['yaw'] == pytest.approx(15)
    assert bins['yaw'][165]['yaw_bias'] == pytest.approx(15)


def test_the_worst_image_comes_first(write_results):
    (result,) = read_results([write_results('a.json')])
    figure = draw_worst(result)
    assert '3.png' in figure.axes[0].get_title()
    assert sum(bool(axes.images) for axes in figure.axes) == WORST


def test_the_crop_is_what_the_network_saw(tmp_path):
    img = np.zeros((50, 80, 3), np.uint8)
    img[10:30, 20:60] = 255
    cv2.imwrite(str(tmp_path / 'a.png'), img)
    face = dict(img_path=str(tmp_path / 'a.png'), crop_box=[25, 10, 45, 30])
    assert (read_face(face) == 255).all()
    assert not (read_face(face | dict(crop_box=None)) == 255).all()


def test_crops_of_an_npz(tmp_path):
    images = np.arange(3, dtype=np.uint8)[:, None, None, None].repeat(64, 1)
    images = images.repeat(64, 2).repeat(3, 3)
    np.savez(tmp_path / 'faces.npz', image=images, pose=np.zeros((3, 3)))
    face = read_face(dict(img_path=str(tmp_path / 'faces.npz'), img_id=2))
    assert (face == 2).all()


def test_results_without_predictions_say_how_to_get_them(
    run_tool, write_results, tmp_path
):
    out = '--out', tmp_path / 'figures'
    path = write_results('a.json', faces=0)
    reported = run_tool('analysis_tools/error_analysis.py', path, *out, fails=True)
    assert re.search('with --predictions', reported)


def test_a_missing_image_is_named(run_tool, write_results, tmp_path):
    path = write_results('a.json', faces=6)
    (tmp_path / '3.png').unlink()
    out = '--out', tmp_path / 'figures'
    reported = run_tool('analysis_tools/error_analysis.py', path, *out, fails=True)
    assert re.search(r'3\.png cannot be read', reported)


def test_a_network_that_reads_pitch_too_small():
    rng = np.random.RandomState(0)
    gt = rng.uniform(-50, 50, (200, 3))
    pred = gt * [1, 0.8, 1.1] + [2, -3, 0]
    np.testing.assert_allclose(slopes(pred, gt), [1, 0.8, 1.1])
    profiles = np.full((20, 3), [80.0, 50, 0])  # do not count
    line = slope_line(np.vstack([pred, -profiles]), np.vstack([gt, profiles]))
    assert '200 faces within ±60°' in line
    assert 'yaw 1.000, pitch 0.800, roll 1.100' in line
    assert 'fewer than 5' in slope_line(profiles, profiles)
