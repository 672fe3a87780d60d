import numpy as np
import pytest

from mmfsa.structures import geodesic_distance, pose_to_matrix
from mmfsa.synth.renderer import NECK, project
from mmfsa.synth.scene import Place, render_scene, stand
from mmfsa.synth.showcase import park, sunlight

SIZE = 160, 96
BEHIND = np.full((96, 160, 3), 0.3, np.float32)


def two(renderer, light, yaw=30):
    places = (
        Place(5, 0, (yaw, 0, 0), (50, 45), 20),
        Place(6, 0, (0, 9, 0), (110, 45), 20),
    )
    return render_scene(renderer, places, light, BEHIND)


@pytest.fixture(scope='module')
def light(renderer):
    return sunlight()


def test_everybody_is_where_they_were_put(renderer, light):
    scene = two(renderer, light)
    assert scene.image.shape == (96, 160, 3)
    for person, x in zip(scene.people, (50, 110), strict=True):
        assert abs(person.landmarks[:, 0].mean() - x) < 20
        assert person.mask[45, x] > 0
        assert person.cover.shape == (96, 160)
    left, right = scene.people
    assert not left.mask[45, 110]
    assert not right.mask[45, 50]


def test_only_the_person_that_turns_changes(renderer, light):
    before, after = two(renderer, light), two(renderer, light, yaw=-30)
    assert (before.people[1].image == after.people[1].image).all()
    assert (before.people[0].image != after.people[0].image).any()
    turned = geodesic_distance(
        *(pose_to_matrix(s.people[0].pose) for s in (before, after))
    )
    assert turned == pytest.approx(60, abs=1e-3)


def test_the_neck_stays_where_the_head_turns(light):
    necks = []
    for pose in ((0, 0, 0), (50, 10, 20)):
        stage = stand(Place(5, 0, pose, (50, 45), 20), SIZE, light)
        neck = (pose_to_matrix(pose) @ NECK)[None]
        necks.append(project(neck, stage.camera, stage.distance)[0])
    assert np.abs(necks[0] - necks[1]).max() < 1  # pixels


def test_the_nearer_covers_the_farther(renderer, light):
    places = [
        Place(5, 0, (0, 0, 0), (80, 45), 20),
        Place(6, 0, (0, 0, 0), (80, 45), 20),
    ]
    together = render_scene(renderer, places, light, BEHIND)
    alone = render_scene(renderer, places[1:], light, BEHIND)
    inside = alone.people[0].cover[40:50, 75:85] == 1
    pixels = [s.image[40:50, 75:85][inside].astype(int) for s in (together, alone)]
    # Exposure follows the whole picture; the same face is seen in both.
    assert np.abs(pixels[0] - pixels[1]).mean() < 20


def test_a_background_is_as_large_as_the_picture():
    behind = park((120, 50))
    assert behind.shape == (50, 120, 3)
    assert behind.mean() > 0
