"""The inferencer with a camera: records, videos, batches and pictures."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmfsa import HeadPoseInferencer
from mmfsa.detection import BaseDetector
from mmfsa.landmarks import HeadPoints
from mmfsa.methods import LandmarkMethod
from mmfsa.sources import open_streams
from mmfsa.structures import (
    Camera,
    Faces,
    geodesic_distance,
    pose_to_matrix,
    rotation_to_axis,
)

BOXES = [[4, 6, 24, 30], [36, 12, 56, 36]]
OF_CAMERA = {'position_mm', 'relative_to'}


class TwoFaces(BaseDetector):
    """Finds the same two faces everywhere."""

    def __call__(self, image):  # noqa: ARG002
        return Faces(np.array(BOXES), 'landmarks68')


@pytest.fixture(scope='module')
def inferencers(checkpoint):
    """Makes inferencers of two faces, by their settings."""

    def make(**settings):
        return HeadPoseInferencer(
            'fsa-caps-1x1-p1', checkpoint, TwoFaces(), device='cpu', **settings
        )

    return make


def predictions(results):
    return [faces for result in results for faces in result['predictions']]


def matrices(faces):
    return np.array([face['rotation_matrix'] for face in faces])


def test_records_have_positions_with_a_camera_only(inferencers, image, tmp_path):
    (plain,) = predictions(inferencers()(image))
    (faces,) = predictions(inferencers(camera=70)(image, pred_out_dir=tmp_path))
    for before, after in zip(plain, faces, strict=True):
        assert not OF_CAMERA & set(before)
        assert set(after) == {*before, *OF_CAMERA}
        assert after['relative_to'] == 'camera'
        assert len(after['position_mm']) == 3 and after['position_mm'][2] > 0
    assert faces[0]['position_mm'][0] < 0 < faces[1]['position_mm'][0]
    lines = (tmp_path / 'predictions.jsonl').read_text().splitlines()
    assert [json.loads(line) for line in lines] == faces


def test_after_turns_what_the_network_says(inferencers, image):
    (plain,) = predictions(inferencers()(image))
    (faces,) = predictions(inferencers(camera=70, rectify='after')(image))
    focal = 30 / np.tan(np.radians(35))
    centres = np.reshape(BOXES, (2, 2, 2)).mean(1) - [29.5, 23.5]
    turns = rotation_to_axis(np.column_stack([centres / focal, np.ones(2)]))
    expected = turns.swapaxes(1, 2) @ matrices(plain)
    assert geodesic_distance(matrices(faces), expected).max() < 1e-3
    ray = inferencers(camera=70, rectify='after', relative_to='ray')
    (faces,) = predictions(ray(image))
    assert geodesic_distance(matrices(faces), matrices(plain)).max() < 1e-3
    assert faces[0]['relative_to'] == 'ray'


@pytest.mark.parametrize('rectify', ['before', 'after'])
def test_batches_and_videos(inferencers, write_video, rectify):
    inferencer = inferencers(camera=90, rectify=rectify)
    path = write_video(frames=5)
    single, batch = (predictions(inferencer(path, batch_size=size)) for size in (1, 5))
    assert len(single) == len(batch) == 5
    for one, other in zip(single, batch, strict=True):
        assert [face['track_id'] for face in one] == [1, 2]
        for face, same in zip(one, other, strict=True):
            np.testing.assert_allclose(
                face['position_mm'], same['position_mm'], rtol=1e-3
            )
            assert face['yaw'] == pytest.approx(same['yaw'], abs=2e-3)


def test_smoothing_goes_on_relative_to_the_camera(inferencers, image):
    inferencer = inferencers(camera=90)
    (still,) = predictions(inferencer(image))
    video = dict(as_video=True, follow=False, smooth=True)
    faces = predictions(inferencer([image] * 4, **video))[-1]
    np.testing.assert_allclose(matrices(faces), matrices(still), atol=1e-3)


def test_pictures_show_what_is_seen(checkpoint, image):
    """A pose relative to the camera is drawn as the one relative to the ray."""

    class LargeFaces(BaseDetector):
        def __call__(self, image):  # noqa: ARG002
            return Faces(8 * np.array(BOXES), 'landmarks68')

    large, pictures = np.kron(image, np.ones((8, 8, 1), np.uint8)), []
    for relative_to in ('camera', 'ray'):
        inferencer = HeadPoseInferencer(
            *('fsa-caps-1x1-p1', checkpoint, LargeFaces()),
            device='cpu',
            camera=90,
            relative_to=relative_to,
        )
        (result,) = inferencer(large, return_vis=True, draw='cube')
        pictures.append(result['visualization'][0])
    # But for the numbers of the labels, which are above the boxes.
    differ = (pictures[0] != pictures[1]).any(-1)
    assert differ[:100].any() and differ[100:].mean() < 0.01


class Marked(TwoFaces):
    """Finds the mean head's landmarks, and of a second face none."""

    def __call__(self, image):
        points = HeadPoints().xyz + np.array([0, 0, 600])
        pixels = 40 * points[:, :2] / points[:, 2:] + [20, 20]
        return replace(
            super().__call__(image), landmarks=np.stack([pixels, pixels * np.nan])
        )


@pytest.mark.parametrize('camera', [None, 60])
def test_a_method_that_finds_landmarks(image, camera):
    """Its own landmarks are in the record; a place only where the camera is known."""
    inferencer = HeadPoseInferencer(LandmarkMethod(), detector=Marked(), camera=camera)
    ((known, unknown),) = predictions(inferencer(image))
    assert known['valid'] and len(known['landmarks']) == 68
    assert not unknown['valid'] and unknown['landmarks'] is None
    assert ('position_mm' in known) == (camera is not None)
    assert unknown.get('position_mm') is None
    assert 'NaN' not in json.dumps([known, unknown])


@pytest.mark.parametrize('turned', [1, 6])
def test_the_focal_length_of_a_photos_exif_data(image, tmp_path, turned):
    """On 35 mm film, whose diagonal is 43.3 mm; a camera that is given counts more."""
    exif = Image.Exif()
    exif[0x0112] = turned
    exif.get_ifd(0x8769).update({0xA405: 28, 0xA002: 60, 0xA003: 48})
    photo, cut = str(tmp_path / 'photo.jpg'), str(tmp_path / 'cut.jpg')
    Image.fromarray(image).save(photo, exif=exif)
    Image.fromarray(image[:20]).save(cut, exif=exif)
    expected = 28 * math.hypot(60, 48) / math.hypot(36, 24)
    (stream,) = open_streams([photo, cut, image, Path(photo).read_bytes()])
    *cameras, of_bytes = [frame.camera for frame in stream]
    assert of_bytes == cameras[0]
    assert cameras[0].fx == cameras[0].fy == pytest.approx(expected)
    assert cameras[0].size == ((60, 48) if turned == 1 else (48, 60))
    assert cameras[1:] == [None, None]  # a part of a photo has another field of view

    def record(method, **settings):
        inferencer = HeadPoseInferencer(method, detector=Marked(), **settings)
        ((known, _),) = predictions(inferencer(photo))
        return known

    fitted = record(LandmarkMethod(solver='pnp'))
    assert fitted['camera'] == 'exif'
    camera = Camera(expected, expected, 29.5, 23.5)
    if turned == 1:
        told = record(LandmarkMethod(solver='pnp'), camera=camera)
        assert told['camera'] == 'given'
    assert record('fsa_caps_1x1.synthetic')['camera'] is None


def test_data_samples(inferencers, image):
    (result,) = inferencers(camera=90)(image, return_datasamples=True)
    (first, _) = result['predictions'][0]
    assert first.translation.shape == (3,) and first.relative_to == 'camera'
    seen = first.to_ray @ pose_to_matrix(first.pred_pose.astype(float))
    assert seen.shape == (3, 3)


def test_a_picture_of_another_size_ends_the_run(inferencers, image, tmp_path):
    path = tmp_path / 'camera.json'
    numbers = dict(fx=500, fy=500, cx=320, cy=240, width=640, height=480)
    path.write_text(json.dumps(numbers))
    with pytest.raises(ValueError, match='640x480 pixels, 00000000 has 60x48'):
        next(inferencers(camera=path)(image))
