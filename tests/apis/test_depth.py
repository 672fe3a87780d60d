"""Depth maps beside images: in the predictor and in the inferencer."""

import cv2
import numpy as np
import pytest

from mmfsa import HeadPoseInferencer, HeadPosePredictor
from mmfsa.inputs import InputSpec
from mmfsa.methods import DepthMethod
from mmfsa.methods.depth import Head
from mmfsa.structures import Camera, pose_to_matrix

CAMERA = Camera(80, 80, 31.5, 31.5)


class Wall(DepthMethod):
    """Says how far the map's pixels are."""

    numbers = ('pixels',)

    def __init__(self):
        spec = InputSpec(modality='depth', crop=dict(box='landmarks68'))
        super().__init__(spec, None, 'wall')

    def find(self, depth, camera, middle, number):  # noqa: ARG002
        seen = depth[depth > 0]
        place = np.array([0, 0, seen.mean()])
        return Head(pose_to_matrix([10, 20, 30]), place, 1.0, dict(pixels=len(seen)))


@pytest.fixture
def folders(tmp_path):
    """Three images and their depth maps, each of another distance."""
    for i in range(3):
        for name, picture in (
            ('color', np.full((64, 64, 3), 40 * i, np.uint8)),
            ('depth', np.full((64, 64), 700 + 100 * i, np.uint16)),
        ):
            (tmp_path / name).mkdir(exist_ok=True)
            cv2.imwrite(str(tmp_path / name / f'{i}.png'), picture)
    return tmp_path


@pytest.fixture(scope='module')
def inferencer():
    return HeadPoseInferencer(Wall(), detector='none', camera=CAMERA)


def records(results):
    return [
        face for result in results for faces in result['predictions'] for face in faces
    ]


def test_the_predictor_takes_a_map(folders):
    predictor = HeadPosePredictor(Wall(), camera=CAMERA)
    image = np.zeros((64, 64, 3), np.uint8)
    for depth in (np.full((64, 64), 700.0), folders / 'depth/0.png'):
        poses = predictor(image, depth=depth)
        assert poses.extras['translation'].tolist() == [[0, 0, pytest.approx(700)]]
        assert poses.extras['pixels'] == [64 * 64]
    with pytest.raises(ValueError, match='64x32 pixels, and the image 64x64'):
        predictor(image, depth=np.full((32, 64), 700))
    with pytest.raises(ValueError, match='wall sees depth: give a depth map'):
        predictor(image)
    with pytest.raises(ValueError, match='wall needs the intrinsics'):
        HeadPosePredictor(Wall())(image, depth=np.full((64, 64), 700))


@pytest.mark.parametrize('as_video', [False, True])
@pytest.mark.parametrize('batch_size', [1, 2])
def test_each_image_has_its_map(inferencer, folders, as_video, batch_size):
    found = inferencer(
        str(folders / 'color'),
        depth=str(folders / 'depth'),
        as_video=as_video,
        batch_size=batch_size,
    )
    found = records(found)
    assert [face['position_mm'][2] for face in found] == [700, 800, 900]
    assert all(face['relative_to'] == 'camera' for face in found)
    assert found[0]['extras'] == dict(pixels=64 * 64)
    assert found[0]['yaw'] == pytest.approx(10, abs=1e-3)


def test_arrays(inferencer):
    images = [np.zeros((64, 64, 3), np.uint8)] * 2
    depths = [np.full((64, 64), z, np.uint16) for z in (800, 0)]
    one, none = records(inferencer(images, depth=depths))
    assert one['position_mm'] == [0, 0, 800]
    assert not none['valid'] and none['position_mm'] is None and none['yaw'] is None


def test_maps_that_are_none_are_reported_and_left_out(inferencer, folders):
    cv2.imwrite(str(folders / 'depth/1.png'), np.full((64, 64), 1, np.uint16))
    cv2.imwrite(str(folders / 'depth/2.png'), np.full((48, 64), 900, np.uint16))
    found = records(inferencer(str(folders / 'color'), depth=str(folders / 'depth')))
    assert [face['position_mm'][2] for face in found] == [700]
    (_, metres), (_, size) = inferencer.failures
    assert 'depth/1.png: no depth is above 1, so these are metres' in metres
    assert 'depth/2.png: the depth map has 64x48 pixels, and the image 64x64' in size


def test_as_many_maps_as_images(inferencer, folders, write_video):
    with pytest.raises(ValueError, match='there are 1 depth maps for 3 images'):
        list(inferencer(str(folders / 'color'), depth=str(folders / 'depth/0.png')))
    with pytest.raises(ValueError, match='a video has no depth maps'):
        list(inferencer(str(write_video()), depth=str(folders / 'depth')))
