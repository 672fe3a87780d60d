"""The report of a short track has words where there is no number."""

import numpy as np
import pytest

from mmfsa import tracking
from mmfsa.cli import main
from mmfsa.cli.stability import SMOOTHERS, StabilityReport
from mmfsa.tracking.pose_smoother import DEFAULT


def test_a_short_track_prints_no_nan():
    report = StabilityReport(['one-euro'])
    smooth = report.smoother('clip.mp4')
    for frame in range(3):
        smooth(frame / 25, 1, [40.0 * frame, 0, 0])
    (line,) = report.lines()
    assert 'nan' not in line
    assert 'jitter unknown (it never keeps still)' in line
    assert 'lag unknown' in line


@pytest.fixture
def film(write_faces, tmp_path):
    """An index of a film of 14 frames, in which nothing is to be seen."""
    images = np.random.default_rng(0).integers(0, 256, (14, 64, 64, 3), np.uint8)
    frames = [
        dict(face_box=[12, 12, 50, 50], yaw=3 * i, sequence='a', frame=i, time=i / 10)
        for i in range(14)
    ]

    def write(**changes):
        faces = [(image, f | changes) for image, f in zip(images, frames, strict=True)]
        return str(write_faces(tmp_path, faces, format_version=2))

    return write


MODEL = '--model', 'fsa_caps_1x1.synthetic', '--backend', 'onnxruntime'


def test_films_have_a_table_and_a_plot(film, tmp_path, capsys):
    plot = tmp_path / 'yaw.png'
    assert main(['stability', film(), *MODEL, '--plot', str(plot)]) == 0
    rows = capsys.readouterr().out.splitlines()
    names = [row.split()[1] for row in rows if row.startswith('| ')]
    assert names == ['smoother', 'none', 'learned', 'kalman', 'one-euro']
    assert plot.is_file()


def test_what_is_no_film(film, capsys):
    assert main(['stability', film(time=1.0), *MODEL]) == 2
    assert 'the times of sequence a do not rise' in capsys.readouterr().err
    assert main(['stability', film(sequence=''), *MODEL]) == 2
    assert 'sequence must be a text' in capsys.readouterr().err
    assert main(['stability', 'clip.mp4', '--plot', 'a.png']) == 2
    assert '--plot draws the films of an index' in capsys.readouterr().err


def test_a_clip_has_a_line_for_each_smoother(shared, capsys):
    clip = shared / 'data' / 'faces' / 'short_hamilton_clip.mp4'
    smoothers = '--smoother', 'kalman', '--smoother', 'learned'
    detector = '--faces', 'near', '--threads', '1'
    assert main(['stability', str(clip), *MODEL, *smoothers, *detector]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines and len(lines) % 2 == 0
    assert 'kalman: jitter' in lines[0] and 'learned: jitter' in lines[1]


def test_the_command_line_knows_all_smoothers():
    assert {*SMOOTHERS} == {*tracking.SMOOTHERS}
    assert SMOOTHERS[0] == DEFAULT
