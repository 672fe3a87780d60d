"""Nods, shakes and looking away, in angle sequences made for the purpose."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PROJECT = Path(__file__).resolve().parents[1]
FPS = 25
TIMES = np.arange(0, 6, 1 / FPS)


@pytest.fixture
def gestures(monkeypatch):
    monkeypatch.syspath_prepend(PROJECT)
    return importlib.import_module('gestures')


@pytest.fixture
def head_gesture(gestures):
    return importlib.import_module('head_gesture')


def wave(start, end, degrees, hertz=1.8):
    """Back and forth between two times, else nothing."""
    inside = (start <= TIMES) & (end >= TIMES)
    return inside * degrees * np.sin(2 * np.pi * hertz * (TIMES - start))


def face(yaw=0.0, pitch=0.0, noise=0.4, seed=0):
    poses = np.zeros((len(TIMES), 3))
    poses[:, 0] += yaw
    poses[:, 1] += pitch
    return poses + np.random.default_rng(seed).normal(0, noise, poses.shape)


def kinds(events):
    return [event.kind for event in events]


@pytest.mark.parametrize('seed', range(5))
@pytest.mark.parametrize(
    ('kind', 'angle', 'start', 'end', 'degrees'),
    [('nod', 'pitch', 2, 3.67, 8), ('shake', 'yaw', 1, 2.67, 12)],
)
def test_a_gesture_is_found(gestures, seed, kind, angle, start, end, degrees):
    poses = face(**{angle: wave(start, end, degrees)}, seed=seed)
    (event,) = gestures.find_events(TIMES, poses)
    assert event.kind == kind
    assert event.start == pytest.approx(start, abs=0.25)
    assert event.end == pytest.approx(end, abs=0.25)


def test_both_one_after_the_other(gestures):
    poses = face(yaw=wave(3.5, 5.2, 12), pitch=wave(0.5, 2.2, 8))
    assert kinds(gestures.find_events(TIMES, poses)) == ['nod', 'shake']


@pytest.mark.parametrize(
    'poses',
    [
        face(),
        face(noise=1.0),  # a shaky network
        face(pitch=wave(2, 4, 2)),  # too small
        face(yaw=25 * np.sin(2 * np.pi * TIMES / 5)),  # looking around
        face(pitch=15 * (TIMES > 3)),  # looking up once
        face(pitch=wave(2, 4, 8), yaw=wave(2, 4, 8)),  # neither: a diagonal
        face(yaw=np.interp(TIMES, [2, 2.4, 2.8, 3.2], [0, 8, -1, 25])),  # a turn
        face(pitch=wave(2, 2.28, 12)),  # up and down once is a glance
    ],
    ids=['still', 'noisy', 'small', 'slow', 'once', 'diagonal', 'turn', 'glance'],
)
def test_what_is_no_gesture(gestures, poses):
    assert gestures.find_events(TIMES, poses) == []


def test_a_pause_ends_a_gesture(gestures):
    poses = face(pitch=wave(0.5, 2.17, 8) + wave(3.5, 5.17, 8))
    assert kinds(gestures.find_events(TIMES, poses)) == ['nod', 'nod']


def test_attention(gestures):
    poses = face(yaw=45.0 * ((TIMES > 1) & (TIMES < 4)), noise=0)
    events = gestures.find_events(TIMES, poses)
    assert kinds(events) == ['away']
    assert events[0].start == pytest.approx(1, abs=1.5 / FPS)
    assert events[0].end == pytest.approx(4, abs=1.5 / FPS)
    assert gestures.attention(TIMES, events) == pytest.approx(0.5, abs=0.02)
    # Yaw and pitch add up; a glance is forgiven; a roll is no turn.
    away = face(yaw=25.0, pitch=25.0, noise=0)
    assert gestures.attention(TIMES, gestures.find_events(TIMES, away)) == 0
    glance = face(yaw=60.0 * ((TIMES > 2) & (TIMES < 2.2)), noise=0)
    assert gestures.find_events(TIMES, glance) == []
    tilted = face(noise=0)
    tilted[:, 2] = 80
    assert gestures.find_events(TIMES, tilted) == []


def test_swings_leave_out_the_stillness(gestures):
    angle = np.r_[np.zeros(50), np.linspace(0, 20, 11), np.full(50, 20.0)]
    ((start, end),) = gestures.swings(angle)
    assert 49 <= start <= 52
    assert 58 <= end <= 60


@pytest.mark.parametrize('length', [0, 1, 2])
def test_hardly_any_frames(gestures, length):
    assert gestures.swings(np.zeros(length)) == []


@pytest.fixture
def predictions(tmp_path):
    """What `mmfsa predict VIDEO --json` writes, of two faces and of a passer-by."""
    nodding, looking_away = face(pitch=wave(2, 3.67, 8)), face(yaw=50.0)
    lines = []
    for i, time in enumerate(TIMES):
        for track_id, poses in ((1, nodding), (2, looking_away), (3, nodding)):
            if track_id == 3 and i > 10:
                continue
            yaw, pitch, roll = poses[i].tolist()
            record = dict(time=time, track_id=track_id, yaw=yaw, pitch=pitch, roll=roll)
            lines.append(json.dumps(record))
    path = tmp_path / 'predictions.jsonl'
    path.write_text('\n'.join(lines))
    return path


def test_command(predictions, tmp_path):
    result = subprocess.run(
        [sys.executable, PROJECT / 'head_gesture.py', predictions, '--out', tmp_path],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert 'face 1: 1 nods, 0 shakes, attention 100%' in result.stdout
    assert 'face 2: 0 nods, 0 shakes, attention 0%' in result.stdout
    assert 'face 3' not in result.stdout
    report = json.loads((tmp_path / 'gestures.json').read_text())
    assert [event['kind'] for event in report['1']['events']] == ['nod']
    assert (tmp_path / 'timeline.png').read_bytes().startswith(b'\x89PNG')


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        ('{"time": 1}', r'predictions\.jsonl:2: .* no record'),
        ('[]', r':2: .* no record'),
        ('nonsense', r':2: .* no record'),
        (
            '{"time": null, "track_id": null, "yaw": 0, "pitch": 0, "roll": 0}',
            r':2: .* no record of a face in a video',
        ),
    ],
)
def test_bad_records_are_named(head_gesture, tmp_path, line, message):
    path = tmp_path / 'predictions.jsonl'
    good = json.dumps(dict(time=0, track_id=1, yaw=0, pitch=0, roll=0))
    path.write_text(f'{good}\n{line}\n')
    with pytest.raises(ValueError, match=message):
        head_gesture.read_records(path, 'track_id')


def test_a_face_seen_too_shortly(head_gesture):
    record = dict(time=0.0, track_id=1, yaw=0, pitch=0, roll=0)
    with pytest.raises(ValueError, match='no face is seen for 1 s'):
        head_gesture.tracks([record])


def test_frames_without_a_pose_are_left_out(head_gesture, tmp_path):
    path = tmp_path / 'predictions.jsonl'
    face = dict(track_id=1, yaw=1, pitch=2, roll=3, valid=True)
    lost = dict(track_id=1, yaw=None, pitch=None, roll=None, valid=False)
    records = [dict(lost if i == 5 else face, time=i / 5) for i in range(10)]
    path.write_text('\n'.join(map(json.dumps, records)))
    times, poses = head_gesture.tracks(head_gesture.read_records(path, 'track_id'))['1']
    assert len(times) == 9
    assert np.isfinite(poses).all()
