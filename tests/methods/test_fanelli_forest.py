"""The random forest on real depth maps, with its authors' trees."""

import sys

import numpy as np
import pytest

from mmfsa import HeadPosePredictor, create_model
from mmfsa.methods.fanelli_forest import FanelliForest, as_the_trees_see
from mmfsa.structures import Camera, geodesic_distance

pytest.importorskip('numba', reason='depth methods need numba (mmfsa[synth])')
KINECT = Camera(575.816, 575.816, 320, 240, (640, 480))
FRAMES = 100, 200, 300
write = sys.stdout.write  # `pytest -rP` shows it


@pytest.fixture(scope='module')
def forest(shared):
    return create_model('fanelli_forest', shared / 'weights/rivals/fanelli/trees')


def boxes(centre):
    """25 boxes of a face, each a pixel further."""
    x, y = KINECT.project(np.array(centre) - [0, 0, 60])
    box = np.array([x - 45, y - 40, x + 45, y + 60])
    return [box + np.tile(step, 2) for step in np.ndindex(5, 5)]


@pytest.mark.parametrize('number', FRAMES)
def test_the_heads_of_real_frames(forest, real_depth, number):
    frame, centre, rotation = real_depth(number)
    predictor = HeadPosePredictor(forest, camera=KINECT)
    poses = predictor(frame, boxes=boxes(centre))
    assert poses.valid.all()
    angles = geodesic_distance(poses.rotation, rotation)
    places = np.linalg.norm(poses.extras['translation'] - centre, axis=1)
    write(f'{number}: {angles.mean():.1f}°, {places.mean():.1f} mm; ')
    assert angles.max() < 12 and places.max() < 4
    assert (poses.extras['votes'] > 700).all()
    assert ((poses.spread > 5) & (poses.spread < 30)).all()
    # The whole map, as the authors' program sees it, leads to nearly the same votes.
    whole = predictor(frame)
    place = np.linalg.norm(whole.extras['translation'][0] - centre)
    angle = geodesic_distance(whole.rotation[0], rotation)
    write(f'whole: {angle:.1f}°, {place:.1f} mm')
    assert geodesic_distance(whole.rotation[0], poses.rotation[0]) < 1
    assert place < 4


def test_own_trees_find_real_heads(real_depth):
    predictor = HeadPosePredictor('depth_forest', camera=KINECT)
    for number in FRAMES:
        frame, centre, rotation = real_depth(number)
        poses = predictor(frame, boxes=boxes(centre))
        assert poses.valid.all()
        angles = geodesic_distance(poses.rotation, rotation)
        write(f'{number}: {angles.mean():.1f}° ')
        assert angles.max() < 14


def test_another_focal_length(forest, real_depth):
    frame, centre, rotation = real_depth(200)
    frame.depth = np.repeat(np.repeat(frame.depth, 2, axis=0), 2, axis=1)
    frame.image = np.zeros((*frame.depth.shape, 3), np.uint8)
    frame.camera = Camera(2 * 575.816, 2 * 575.816, 640.5, 480.5)
    poses = HeadPosePredictor(forest)(frame)
    assert geodesic_distance(poses.rotation[0], rotation) < 4
    assert np.linalg.norm(poses.extras['translation'][0] - centre) < 6


def test_the_pixels_of_another_focal_length_show_the_same():
    camera = Camera(2 * 575.816, 4 * 575.816, 40.5, 81.5)
    rows, columns = np.indices((160, 80))
    depth = (1000 + columns + 100 * (rows // 2)).astype(np.uint16)
    small, moved = as_the_trees_see(depth, camera)
    assert small.shape == (40, 40)
    assert (moved.fx, moved.fy) == pytest.approx((575.816, 575.816))
    # Four small pixels' middles lie between two of the large ones.
    np.testing.assert_allclose(
        camera.project(moved.rays([3, 5])), [2 * 3 + 0.5, 4 * 5 + 1.5]
    )
    assert as_the_trees_see(depth, KINECT)[0] is depth


def test_a_map_without_a_head(forest, real_depth):
    frame, *_ = real_depth(100)
    frame.depth = np.full_like(frame.depth, 1000)  # a wall
    assert HeadPosePredictor(forest)(frame).valid.tolist() == [False]
    frame.depth = np.zeros_like(frame.depth)
    assert HeadPosePredictor(forest)(frame).valid.tolist() == [False]
    frame.depth = frame.depth[:40, :60]  # smaller than a patch
    frame.depth[:] = 900
    frame.image, frame.camera = frame.image[:40, :60], Camera(575, 575, 30, 20)
    assert HeadPosePredictor(forest)(frame).valid.tolist() == [False]


def test_settings_and_folders(tmp_path):
    with pytest.raises(FileNotFoundError, match='give the folder of its'):
        create_model('fanelli_forest')
    with pytest.raises(FileNotFoundError, match=r'there are no trees .*\*\.tree'):
        create_model('fanelli_forest', tmp_path)
    with pytest.raises(ValueError, match='stride must be above 0'):
        FanelliForest(tmp_path, stride=0)
    with pytest.raises(ValueError, match='is a folder: name the model'):
        create_model(weights=tmp_path)
    with pytest.raises(ValueError, match=r'is a folder: .* takes a file'):
        create_model('fsa_caps_1x1', tmp_path)
