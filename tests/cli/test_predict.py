"""`mmfsa predict`: what it prints, what it writes, and its exit status."""

import csv
import json
import os
import subprocess
import sys
from itertools import chain, islice

import cv2
import numpy as np
import pytest

from mmfsa.cli import main
from mmfsa.sources.streams import VideoStream


def test_a_line_for_each_face(run, photos):
    status, lines, error = run('predict', photos)
    assert status == 0
    assert [line.split()[0] for line in lines] == [
        str(photos / f'{i}.png') for i in range(3)
    ]
    assert all('  box 0,0,63,63  yaw ' in line for line in lines)
    assert error == 'images: 3, faces: 3, not read: 0\n'


def test_json(run, photos):
    _, lines, _ = run('predict', photos / '0.png', photos / '1.png', '--json')
    records = [json.loads(line) for line in lines]
    assert [record['image'] for record in records] == [
        str(photos / '0.png'),
        str(photos / '1.png'),
    ]


def test_heads_from_all_sides(photos, capsys):
    source = str(photos / '0.png'), '--detector', 'none'
    assert main(['predict', *source, '--range', 'full', '--json']) == 0
    assert json.loads(capsys.readouterr().out)['model'] == 'full.synthetic'
    with pytest.raises(SystemExit):
        main(['predict', *source, '--range', 'full', '--model', 'nano'])
    assert 'not allowed with argument --range' in capsys.readouterr().err


def test_csv(run, photos):
    _, lines, _ = run('predict', photos, '--csv')
    rows = list(csv.DictReader(lines))
    assert len(rows) == 3 and rows[0]['x2'] == '63.0' and rows[0]['frame'] == ''
    assert -180 < float(rows[2]['roll']) < 180


def test_files(run, photos, tmp_path):
    out = tmp_path / 'out'
    assert run('predict', photos, '--out', out, '--sheet')[0] == 0
    names = sorted(path.name for path in out.iterdir())
    assert names == ['0.png', '1.png', '2.png', 'predictions.jsonl', 'sheet.jpg']
    assert cv2.imread(str(out / 'sheet.jpg')).shape == (240, 720, 3)


def test_nothing_replaces_an_input_or_another_result(
    run, photos, write_video, tmp_path
):
    photos.joinpath('0.png').rename(photos / 'sheet.jpg')
    before = (photos / 'sheet.jpg').read_bytes()
    run('predict', photos, '--out', photos, '--sheet', '--draw=none')
    assert (photos / 'sheet.jpg').read_bytes() == before
    assert (photos / 'sheet_2.jpg').is_file()

    clips = [write_video(name=f'{i}.avi') for i in range(2)]
    folders = [tmp_path / 'a', tmp_path / 'b']
    for clip, folder in zip(clips, folders, strict=True):
        folder.mkdir()
        clip.rename(folder / 'clip.avi')
    run('predict', *folders, '--out', tmp_path / 'out', '--plot', '--draw=none')
    names = sorted(path.name for path in (tmp_path / 'out').glob('*.png'))
    assert names == ['clip_angles.png', 'clip_angles_2.png']


def test_earlier_results_are_kept_where_nothing_can_be_read(run, photos, tmp_path):
    out = tmp_path / 'out'
    run('predict', photos, '--out', out)
    before = (out / 'predictions.jsonl').read_bytes()
    for source in (tmp_path / 'nowhere.jpg', 'webcam:x'):
        assert run('predict', source, '--out', out)[0] in (1, 2)
        assert (out / 'predictions.jsonl').read_bytes() == before
    assert not list(out.glob('.partial*'))


def test_predictions_without_pictures(run, photos, tmp_path):
    run('predict', photos, '--out', tmp_path / 'out', '--draw=none')
    assert [path.name for path in (tmp_path / 'out').iterdir()] == ['predictions.jsonl']


def test_a_video_and_its_plot(run, write_video, tmp_path):
    status, lines, _ = run(
        'predict', write_video(), '--out', tmp_path / 'out', '--plot', '--smooth'
    )
    assert status == 0 and len(lines) == 12
    assert '  frame 11  #1  ' in lines[-1]
    names = sorted(path.name for path in (tmp_path / 'out').iterdir())
    assert names == ['clip.mp4', 'clip_angles.png', 'predictions.jsonl']


def test_images_as_a_video(run, photos):
    _, lines, _ = run('predict', photos, '--video', '--json')
    assert [json.loads(line)['frame'] for line in lines] == [0, 1, 2]


def test_a_plot_of_images_as_a_video(run, photos, tmp_path):
    run('predict', photos, '--video', '--plot', '--out', tmp_path, '--draw=none')
    assert [path.name for path in tmp_path.glob('*.png')] == ['photos_angles.png']


def test_a_plot_of_what_an_interruption_left(run, write_video, tmp_path, monkeypatch):
    def interrupted(self):
        yield from chain(islice(frames(self), 5), iter(interrupt, None))

    def interrupt():
        raise KeyboardInterrupt

    frames = VideoStream.__iter__
    monkeypatch.setattr(VideoStream, '__iter__', interrupted)
    out = tmp_path / 'out'
    assert run('predict', write_video(), '--plot', '--out', out)[0] == 130
    names = sorted(path.name for path in out.iterdir())
    assert names == ['clip.mp4', 'clip_angles.png', 'predictions.jsonl']


def test_something_could_not_be_read(run, photos):
    (photos / 'broken.png').write_bytes(b'')
    status, lines, error = run('predict', photos)
    assert status == 1 and len(lines) == 3
    assert 'not read: 1' in error
    assert run('predict', photos / 'broken.png')[0] == 1


def test_no_faces(run, photos, monkeypatch):
    from mmfsa.detection import WholeImage
    from mmfsa.structures import Faces

    nothing = Faces(np.empty((0, 4)), 'crop')
    monkeypatch.setattr(WholeImage, '__call__', lambda *_: nothing)
    status, lines, error = run('predict', photos, '--json')
    assert (status, lines, error) == (0, [], 'images: 3, faces: 0, not read: 0\n')


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--detector=retina'], 'no face detector'),
        (['--model=fsa-net'], 'no model'),
        (['--weights=nowhere.pth'], 'no weights nowhere.pth'),
        (['--weights=free'], 'the name of a model, no file: --model free'),
        (['--batch-size=0'], 'batch_size must be at least 1'),
        (['--backend=tpu'], 'no backend'),
        (['--device=abacus'], 'torch does not run on the device abacus'),
    ],
)
def test_wrong_settings(run, photos, options, message):
    status, lines, error = run('predict', photos, *options)
    assert (status, lines) == (2, [])
    assert error.startswith('mmfsa: ') and message in error


def test_an_interruption(run, photos, monkeypatch, tmp_path):
    from mmfsa.detection import WholeImage

    seen = []

    def detect(self, image, original=WholeImage.__call__):
        seen.append(image)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return original(self, image)

    monkeypatch.setattr(WholeImage, '__call__', detect)
    status, lines, error = run('predict', photos, '--video', '--out', tmp_path / 'out')
    assert status == 130 and len(lines) == 2
    assert error == 'mmfsa: interrupted\n'
    capture = cv2.VideoCapture(str(tmp_path / 'out' / 'photos.mp4'))
    assert capture.read()[0] and capture.read()[0] and not capture.read()[0]
    assert len((tmp_path / 'out/predictions.jsonl').read_text().splitlines()) == 2


def test_nobody_reads_on(run, photos, monkeypatch):
    class Closed:
        def reconfigure(self, **_):
            pass

        def isatty(self):
            return False

        def fileno(self):
            return 1

        def write(self, _):
            raise BrokenPipeError

    monkeypatch.setattr('os.dup2', lambda *_: None)
    monkeypatch.setattr(sys, 'stdout', Closed())
    status, _, error = run('predict', photos)
    assert (status, error) == (141, '')


def test_nobody_reads_the_end(mmfsa_command):
    """What is in the buffer is written last, when Python could only complain."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*mmfsa_command, 'models'], stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, '')


@pytest.mark.parametrize('option', ['--plot', '--sheet'])
def test_an_option_that_needs_another(run, photos, option):
    status, _, error = run('predict', photos, option)
    assert status == 2 and f'{option} needs --out' in error


def test_how_calm_a_video_is(run, write_video):
    clip = write_video()
    status, lines, error = run('predict', clip, '--smooth', '--stability')
    assert status == 0 and len(lines) == 12
    report = error.splitlines()[0]
    assert report.startswith(f'{clip}  #1  learned: jitter ')
    assert '(12 frames, still in ' in report
    _, smoothed, _ = run('predict', clip, '--smooth')
    assert lines == smoothed
    status, _, error = run('predict', clip, '--stability')
    assert status == 2 and '--stability needs --smooth' in error


def test_compact_lines(run, photos, tmp_path):
    out = tmp_path / 'out'
    _, lines, _ = run('predict', photos, '--json', '--compact', '--out', out)
    whole = run('predict', photos, '--json')[1]
    written = (out / 'predictions.jsonl').read_text().splitlines()
    assert lines == written and len(lines) == len(whole) == 3
    for short, long in zip(lines, whole, strict=True):
        assert len(short) < len(long) / 2
        assert json.loads(short).items() <= json.loads(long).items()
    status, _, error = run('predict', photos, '--compact')
    assert status == 2 and '--compact needs --json or --out' in error


def test_a_wrong_path_is_reported_before_models_load(run, photos, monkeypatch, caplog):
    from mmfsa.apis import HeadPoseInferencer

    load = HeadPoseInferencer.__init__
    monkeypatch.setattr(HeadPoseInferencer, '__init__', lambda *_, **__: 1 / 0)
    status, _, error = run('predict', photos / 'no.png', photos / 'no.mp4')
    assert status == 2
    assert error == f'mmfsa: {photos / "no.png"}: no such file or folder, and 1 more\n'
    monkeypatch.setattr(HeadPoseInferencer, '__init__', load)
    status, lines, error = run('predict', photos / 'no.png', photos / '0.png')
    assert status == 1 and len(lines) == 1
    said = error + caplog.text  # pytest catches what is logged to standard error
    assert said.count('no.png') == 1


def test_the_detector_is_set(run, photos, monkeypatch):
    from mmfsa.cli import predict

    found = []
    monkeypatch.setattr(predict, '_predict', lambda *given: found.append(given[0]))
    options = ['--detector-threshold', '0.9', '--detector-size', '320']
    assert run('predict', photos, *options, '--detector', 'mtcnn')[0] == 0
    detector = found[0].predictor.detector
    assert detector.thresholds == (0.6, 0.7, 0.9) and detector.max_size == 320
    status, _, error = run('predict', photos, *options)
    assert status == 2 and 'the detector none has no threshold to set' in error


def test_stronger_smoothing(run, photos):
    from argparse import Namespace

    from mmfsa.cli.predict import _smoother
    from mmfsa.tracking import PoseSmoother

    def last(smoothing):
        args = Namespace(smoothing=smoothing, smoother='one-euro')
        smooth = _smoother(args)('clip.mp4')
        return [smooth(i / 25, 1, [i, 0, 0]) for i in range(30)][-1][0]

    plain = PoseSmoother('one-euro')
    expected = [plain(i / 25, 1, [i, 0, 0]) for i in range(30)][-1][0]
    assert last(1.0) == expected
    assert last(4.0) < expected - 1 < last(0.25) - 1
    assert run('predict', photos, '--video', '--smoothing', '0')[0] == 2
    assert run('predict', photos, '--video', '--smoothing', '3')[0] == 0


def test_a_terminal_shows_a_bar_in_place_of_lines(
    run, photos, write_video, monkeypatch
):
    monkeypatch.setattr('sys.stdout.isatty', lambda: True)
    monkeypatch.setattr('sys.stderr.isatty', lambda: True)
    clip = write_video(frames=6)
    assert run('predict', clip)[:2] == (0, [])
    assert len(run('predict', clip, '--lines')[1]) == 6
    assert len(run('predict', clip, '--json')[1]) == 6
    assert len(run('predict', photos)[1]) == 3
    monkeypatch.setattr('sys.stdout.isatty', lambda: False)
    assert len(run('predict', clip)[1]) == 6


def test_an_image_without_first_seconds_is_refused_before_models_load(
    run, photos, write_video, monkeypatch
):
    from mmfsa.apis import HeadPoseInferencer

    monkeypatch.setattr(HeadPoseInferencer, '__init__', lambda *_, **__: 1 / 0)
    for sources in ([photos], [write_video(), photos / '0.png']):
        status, lines, error = run('predict', *sources, '--neutral', '2')
        assert (status, lines) == (2, [])
        assert 'an image has no first 2 seconds' in error


def test_angles_relative_to_a_neutral_pose(run, photos, write_video):
    def poses(*options, source=photos):
        records = map(json.loads, run('predict', source, '--json', *options)[1])
        return np.array([[r['yaw'], r['pitch'], r['roll']] for r in records])

    from mmfsa.structures import relative_pose

    raw = poses()
    tilted = poses('--camera-tilt', '15')
    np.testing.assert_allclose(tilted, relative_pose(raw, [0, -15, 0]), atol=2e-3)
    neutral = ','.join(f'{angle:.3f}' for angle in raw[0])
    np.testing.assert_allclose(poses(f'--neutral={neutral}')[0], 0, atol=2e-3)
    clip = write_video(frames=8)
    np.testing.assert_allclose(poses('--neutral', '0', source=clip)[0], 0, atol=2e-3)
