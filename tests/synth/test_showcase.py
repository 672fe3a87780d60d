import cv2
import numpy as np
from PIL import Image

from mmfsa.synth import showcase
from mmfsa.synth.showcase import Chart, draw_face, write_animation

FACE = dict(
    yaw=20.0, pitch=0.0, roll=0.0, box=[20, 20, 60, 70],
    landmarks=[[30, 40], [50, 40], [40, 50], [32, 60], [48, 60]],
)  # fmt: skip


def test_axes_start_at_the_nose():
    image = np.zeros((100, 100, 3), np.uint8)
    draw_face(image, FACE)
    rows, columns = np.nonzero(image.any(-1))
    assert image[50, 40].any()
    assert rows.min() > 40
    assert columns.max() > 60  # red, to the side
    assert rows.max() > 75  # green, down


def test_a_chart_shows_what_was_predicted_until_then():
    chart = Chart(np.zeros((4, 3)))
    before = chart.at(0)
    assert before.shape == (320, 400, 3)
    chart.add(0, [10, 20, -30])
    after = chart.at(0)
    assert (after != before).any()
    assert (chart.at(0) == after).all()


def test_an_animation_repeats_for_ever(tmp_path):
    pictures = [np.full((8, 8, 3), level, np.uint8) for level in (0, 128, 255)]
    write_animation(pictures, tmp_path / 'a.webp', duration=50)
    written = Image.open(tmp_path / 'a.webp')
    assert (written.n_frames, written.info['loop']) == (3, 0)
    written.seek(2)
    assert np.asarray(written.convert('RGB')).min() > 250


def test_pictures_are_drawn_with_what_predicts(renderer, tmp_path, monkeypatch):
    monkeypatch.setattr(showcase, 'ALONE_SIZE', (64, 64))
    monkeypatch.setattr(showcase, 'ANGLES_SIZE', (80, 64))
    monkeypatch.setattr(showcase, 'GROUP', showcase.GROUP[2:3])
    monkeypatch.setattr(showcase, 'GROUP_SIZE', (240, 100))
    seen = []

    def predict(image):
        seen.append(image.shape)
        return [FACE]

    showcase.draw_turning(predict, tmp_path / 'turning.webp', frames=2)
    assert seen == [(64, 64, 3)] * 2
    assert Image.open(tmp_path / 'turning.webp').size == (144, 64)
    assert showcase.draw_group(predict, tmp_path / 'people.jpg') == [FACE]
    assert cv2.imread(str(tmp_path / 'people.jpg')).shape == (100, 240, 3)
