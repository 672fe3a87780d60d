"""Cameras: from a field of view, a matrix or a file; what is no camera is refused."""

import json

import numpy as np
import pytest

from mmfsa.structures import Camera, camera_for, read_camera

CAMERA = Camera(520, 510, 330.5, 250)
NUMBERS = dict(fx=520, fy=510, cx=330.5, cy=250)


def test_a_field_of_view_is_horizontal_and_from_edge_to_edge():
    camera = Camera.from_fov(60, (640, 480))
    left, right = camera.rays([[-0.5, 239.5], [639.5, 239.5]])
    angle = np.degrees(np.arctan2(right[0], 1) - np.arctan2(left[0], 1))
    assert angle == pytest.approx(60) and left[1] == 0
    assert camera.fx == camera.fy


def test_pixels_and_rays_are_each_others_inverse():
    pixels = np.random.default_rng(0).uniform(0, 640, (5, 7, 2))
    rays = CAMERA.rays(pixels)
    assert (rays[..., 2] == 1).all()
    np.testing.assert_allclose(CAMERA.project(rays * 800), pixels, atol=1e-9)
    np.testing.assert_allclose((rays @ CAMERA.matrix.T)[..., :2], pixels)


def test_every_form_is_the_same_camera(tmp_path):
    path = tmp_path / 'kinect.json'
    path.write_text(json.dumps(NUMBERS))
    for form in (CAMERA, CAMERA.matrix, CAMERA.matrix.tolist(), path, str(path)):
        assert read_camera(form) == CAMERA
    path.write_text(json.dumps(NUMBERS | dict(width=640, height=480)))
    assert read_camera(path).size == (640, 480)
    assert camera_for(read_camera(70), (640, 480)) == Camera.from_fov(70, (640, 480))


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(fx=0), r'kinect\.json: camera: fx is a focal length .* above 0, got 0'),
        (dict(fy=-500), 'fy is a focal length'),
        (dict(cx=float('nan')), 'cx must be a number, got nan'),
        (dict(cy=float('inf')), 'cy must be a number, got inf'),
        (dict(fx='500'), "fx must be a number, got '500'"),
        (dict(fx=None), 'fx must be a number, got None'),
        (dict(fx=True), 'fx must be a number, got True'),
        (
            dict(k1=0.1),
            r"width and height or neither; missing: \[\], unknown: \['k1'\]",
        ),
        (dict(width=640), 'width and height or neither'),
        (dict(width=640, height=0), r'size must be width and height .*\(640, 0\)'),
        (dict(width=640.5, height=480), 'size must be width and height'),
    ],
)
def test_a_file_that_is_no_camera(tmp_path, changes, message):
    path = tmp_path / 'kinect.json'
    path.write_text(json.dumps(NUMBERS | changes))
    with pytest.raises(ValueError, match=message):
        read_camera(path)


@pytest.mark.parametrize('content', [b'', b'fx: 500', b'[500, 500]', b'\xff\xfe\x00'])
def test_a_file_that_is_no_json_object(tmp_path, content):
    path = tmp_path / 'kinect.json'
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r'kinect\.json'):
        read_camera(path)


def test_a_number_is_missing(tmp_path):
    path = tmp_path / 'kinect.json'
    path.write_text('{"fx": 500, "fy": 500}')
    with pytest.raises(ValueError, match=r"missing: \['cx', 'cy'\]"):
        read_camera(path)
    with pytest.raises(OSError, match=r'nowhere\.json'):
        read_camera(tmp_path / 'nowhere.json')


@pytest.mark.parametrize('degrees', [0, -30, 180, 400, float('nan'), float('inf')])
def test_what_is_no_field_of_view(degrees):
    with pytest.raises(ValueError, match='between 0 and 180 degrees'):
        read_camera(degrees)


@pytest.mark.parametrize(
    ('matrix', 'message'),
    [
        (np.eye(4), r'must be \(3, 3\), got \(4, 4\)'),
        (np.ones((3, 3)), r'must be \[\[fx, 0, cx\]'),
        (CAMERA.matrix.T, r'must be \[\[fx, 0, cx\]'),
        (np.full((3, 3), np.nan), r'must be \[\[fx, 0, cx\]'),
        (np.diag([0.0, 1, 1]), 'fx is a focal length'),
    ],
)
def test_what_is_no_camera_matrix(matrix, message):
    with pytest.raises(ValueError, match=message):
        read_camera(matrix)


def test_a_camera_belongs_to_pictures_of_its_size():
    camera = Camera(500, 500, 320, 240, (640, 480))
    assert camera_for(camera, (640, 480)) is camera
    assert camera_for(CAMERA, (9, 9)) is CAMERA  # of unknown size
    with pytest.raises(ValueError, match=r'640x480 pixels, a\.png has 1280x960'):
        camera_for(camera, (1280, 960), 'a.png')
