"""The view of a camera that looks at a face: pixels, depths and boxes move as they must."""

import cv2
import numpy as np
import pytest

from mmfsa.inputs import InputSpec, crop_face
from mmfsa.inputs.view import look_at, map_box, map_points
from mmfsa.structures import Camera, Faces, Frame, pose_to_matrix, rotation_to_axis

SIZE = 640, 480
CAMERA = Camera.from_fov(80, SIZE)
SPECS = (InputSpec(64, crop=dict(box='landmarks68', pad=0.1)),)


def face_at(centre, width=60, height=70):
    half = np.array([width, height]) / 2
    return Faces(np.concatenate([centre - half, centre + half])[None], 'landmarks68')


def looking(image, centre, specs=SPECS, **others):
    centre = np.array(centre, float)
    frame = Frame(image, 'name', 3, 0.1, **others)
    return look_at(frame, face_at(centre), centre, CAMERA, specs)


def pattern(rays):
    """(...,) grey values of a scene that is infinitely far: smooth waves and squares."""
    x, y = rays[..., 0] / rays[..., 2], rays[..., 1] / rays[..., 2]
    return np.uint8(127 + 60 * np.sin(25 * x) + 60 * np.cos(20 * y + 5 * x))


def picture(camera, size, turn=None):
    """(H, W, 3) what a camera sees of the pattern, exactly; turned by a rotation."""
    pixels = np.stack(np.indices(size[::-1])[::-1], axis=-1)
    rays = camera.rays(pixels) @ (np.eye(3) if turn is None else turn)
    return np.repeat(pattern(rays)[..., None], 3, axis=-1)


@pytest.mark.parametrize('centre', [(500, 380), (120, 90), (319.5, 239.5)])
def test_the_view_is_what_a_turned_camera_sees(centre):
    view = looking(picture(CAMERA, SIZE), centre)
    turn = rotation_to_axis(CAMERA.rays(centre))
    expected = picture(view.frame.camera, view.frame.size, turn)
    assert np.abs(view.frame.image.astype(int) - expected).mean() < 1
    assert view.frame.name == 'name' and view.frame.index == 3


def test_a_checkerboard_on_the_way_of_the_ray_becomes_square():
    """A board that faces the turned camera, at the picture's corner, has no slant."""
    centre = np.array([560.0, 400.0])
    turn = rotation_to_axis(CAMERA.rays(centre))
    board = np.stack(np.meshgrid(np.arange(-3, 4), np.arange(-3, 4)), axis=-1) * 12.0
    board = np.dstack([board, np.full((7, 7), 500.0)])  # mm, before the turned camera
    pixels = CAMERA.project(board @ turn)
    view = looking(np.zeros((*SIZE[::-1], 3), np.uint8), centre)
    seen = map_points(pixels, view.homography)
    np.testing.assert_allclose(seen, view.frame.camera.project(board), atol=1e-6)
    step = 12 / 500 * CAMERA.fx
    np.testing.assert_allclose(np.diff(seen[..., 0], axis=1), step, atol=1e-6)
    np.testing.assert_allclose(np.diff(seen[..., 0], axis=0), 0, atol=1e-6)
    slant = np.abs(np.diff(pixels[..., 0], axis=0)).max()
    assert slant > 1  # and in the picture it had one


def test_a_face_on_the_axis_stays_as_it_is():
    image = np.random.default_rng(0).integers(0, 256, (481, 641, 3), np.uint8)
    camera = Camera(400, 410, 320, 240)
    for width in (60, 61, 60.5):
        face = face_at(np.array([320.0, 240.0]), width, 75)
        view = look_at(Frame(image), face, np.array([320.0, 240]), camera, SPECS)
        before = crop_face(image, face.boxes[0], SPECS[0], face.kind).image
        after = crop_face(view.frame.image, view.faces.boxes[0], SPECS[0], face.kind)
        assert (after.image == before).all()
        np.testing.assert_allclose(
            view.homography[:2, :2], np.eye(2), atol=1e-12, rtol=0
        )


def test_depth_is_along_the_new_axis():
    """The distances of a plane, as the turned camera measures them."""
    normal, offset = pose_to_matrix([20, 10, 0])[:, 2], 900.0

    def depths(camera, size, turn):
        pixels = np.stack(np.indices(size[::-1])[::-1], axis=-1)
        rays = camera.rays(pixels)
        return offset / (rays @ turn @ normal)

    depth = depths(CAMERA, SIZE, np.eye(3))
    view = looking(np.zeros((*SIZE[::-1], 3), np.uint8), (450, 330), depth=depth)
    turn = rotation_to_axis(CAMERA.rays((450, 330)))
    expected = depths(view.frame.camera, view.frame.size, turn)
    np.testing.assert_allclose(view.frame.depth, expected, rtol=4e-3)
    assert looking(np.zeros((480, 640, 3), np.uint8), (450, 330)).frame.depth is None


def test_a_box_moves_as_the_face_in_it():
    """The box of a sphere's outline, which is an ellipse in the picture."""
    centre = np.array([540.0, 400.0])
    ray = CAMERA.rays(centre) * 700
    turn = rotation_to_axis(ray)
    around = np.linspace(0, 2 * np.pi, 400)
    disc = np.stack([np.cos(around), np.sin(around), 0 * around], axis=1) * 60
    outline = CAMERA.project(ray + disc @ turn)
    box = np.concatenate([outline.min(0), outline.max(0)])
    view = look_at(
        Frame(np.zeros((480, 640, 3), np.uint8)),
        Faces(box[None], 'landmarks68'),
        (box[:2] + box[2:]) / 2,
        CAMERA,
        SPECS,
    )
    seen = map_points(outline, view.homography)
    expected = np.concatenate([seen.min(0), seen.max(0)])
    np.testing.assert_allclose(view.faces.boxes[0], expected, atol=0.15 * np.ptp(seen))
    sides = view.faces.boxes[0, 2:] - view.faces.boxes[0, :2]
    np.testing.assert_allclose(sides[0], sides[1], rtol=0.15)
    corners = map_points(box[[[0, 1], [2, 1], [0, 3], [2, 3]]], view.homography)
    assert (np.ptp(corners, axis=0) > sides).all()


def test_boxes_under_plain_homographies():
    np.testing.assert_allclose(
        map_box([10, 20, 30, 60], np.array([[2, 0, 1], [0, 1, -5], [0, 0, 1.0]])),
        [21, 15, 61, 55],
    )
    turn = cv2.getRotationMatrix2D((0, 0), -90, 1)
    turned = map_box([-10, -20, 10, 20], np.vstack([turn, [0, 0, 1]]))
    np.testing.assert_allclose(turned, [-20, -10, 20, 10], atol=1e-9)


def test_the_view_holds_the_crops_of_all_networks():
    wide = InputSpec(64, crop=dict(box='landmarks68', pad=2, border='constant'))
    view = looking(picture(CAMERA, SIZE), (500, 380), (*SPECS, wide))
    for spec in (*SPECS, wide):
        left, top, right, bottom = spec.box(
            view.faces.boxes[0].tolist(), view.frame.size, 'landmarks68'
        )
        assert left >= 0 and top >= 0
        assert right <= view.frame.size[0] and bottom <= view.frame.size[1]
    assert looking(picture(CAMERA, SIZE), (500, 380), ()).frame.size == SIZE


def test_landmarks_move_too():
    face = face_at(np.array([500.0, 380]))
    face.landmarks = np.random.default_rng(0).uniform(470, 530, (1, 5, 2))
    frame = Frame(picture(CAMERA, SIZE))
    view = look_at(frame, face, np.array([500.0, 380]), CAMERA, SPECS)
    back = map_points(view.faces.landmarks, np.linalg.inv(view.homography))
    np.testing.assert_allclose(back, face.landmarks, atol=1e-3)


@pytest.mark.parametrize('centre', [(-300, 200), (900, 200), (300, -400), (300, 700)])
def test_a_face_outside_of_the_frame_is_left_to_the_method(centre):
    view = looking(picture(CAMERA, SIZE), centre)
    assert view.frame.size == SIZE and (view.homography == np.eye(3)).all()


@pytest.mark.parametrize('centre', [(5, 5), (635, 240), (320, 478)])
def test_beyond_the_frame_its_edge_is_repeated(centre):
    image = np.full((480, 640, 3), 77, np.uint8)
    assert (looking(image, centre).frame.image == 77).all()
