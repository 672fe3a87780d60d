"""Zones, long looks and a nodding head, in made-up sequences and on rendered heads."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mmfsa.structures import matrix_to_pose, pose_to_matrix, relative_pose

PROJECT = Path(__file__).resolve().parents[1]
FPS = 25
TIMES = np.arange(0, 20, 1 / FPS)
CAMERA = np.array([-35.0, 12.0, 4.0])  # the pose of a driver who looks ahead


@pytest.fixture
def driver(monkeypatch):
    monkeypatch.syspath_prepend(PROJECT)
    return importlib.import_module('driver')


@pytest.fixture
def driver_monitoring(driver):
    return importlib.import_module('driver_monitoring')


def look(*stations, seconds=0.3):
    """An angle that is 0, and the given degrees from one time to another."""
    times, values = [0.0], [0.0]
    for start, end, degrees in stations:
        times += [start - seconds / 2, start + seconds / 2]
        times += [end - seconds / 2, end + seconds / 2]
        values += [0, degrees, degrees, 0]
    return np.interp(TIMES, times, values)


def head(yaw=0.0, pitch=0.0, noise=0.4, seed=0):
    poses = np.zeros((len(TIMES), 3))
    poses[:, 0] += yaw
    poses[:, 1] += pitch
    return poses + np.random.default_rng(seed).normal(0, noise, poses.shape)


def seen_by_the_camera(poses):
    return matrix_to_pose(pose_to_matrix(CAMERA) @ pose_to_matrix(poses))


def kinds(events):
    return [event.kind for event in events]


@pytest.mark.parametrize('seed', range(3))
def test_the_neutral_pose_is_found_from_any_side(driver, seed):
    poses = head(yaw=look((2, 3, 40), (6, 7.5, -45)), seed=seed)
    seen = seen_by_the_camera(poses)
    neutral = driver.neutral_pose(TIMES, seen)
    assert neutral == pytest.approx(CAMERA, abs=1)
    back = relative_pose(seen, neutral)
    assert np.abs(back - poses).max() < 2


def test_a_restless_head_has_no_neutral_pose(driver):
    poses = head(yaw=60 * np.sin(2 * TIMES))
    with pytest.raises(ValueError, match='the head moves too much in the first 10 s'):
        driver.neutral_pose(TIMES, poses)


@pytest.mark.parametrize(
    ('yaw', 'pitch', 'zone'),
    [
        (0, 0, 'road'),
        (5, -18, 'instruments'),
        (-10, -40, 'lap'),
        (30, 10, 'inner mirror'),
        (-40, -5, 'left mirror'),
        (60, 0, 'right mirror'),
        (30, -15, 'centre console'),
        (120, 0, 'elsewhere'),
    ],
)
def test_zones(driver, yaw, pitch, zone):
    assert driver.zones(np.array([[yaw, pitch, 0.0]])) == [zone]


def test_a_long_look_past_the_road(driver):
    poses = head(yaw=look((5, 8, 45), (12, 13, 45)))
    (event,) = driver.find_events(TIMES, poses)
    assert event.kind == 'away'
    assert (event.start, event.end) == pytest.approx((5, 8), abs=0.2)
    assert kinds(driver.find_events(TIMES, poses, 0.5)) == ['away', 'away']


def sinking(start, down, jerk, degrees=25.0):
    """A pitch that sinks in `down` seconds, stays half a second, and jerks up."""
    bottom = start + down
    times = [start, bottom, bottom + 0.5, bottom + 0.5 + jerk]
    return np.interp(TIMES, times, [0, -degrees, -degrees, 0])


@pytest.mark.parametrize('seed', range(3))
def test_nodding_off(driver, seed):
    poses = head(pitch=sinking(6, 1.5, 0.3), seed=seed)
    events = driver.find_events(TIMES, poses)
    assert 'nodding off' in kinds(events)
    (event,) = (event for event in events if event.kind == 'nodding off')
    assert (event.start, event.end) == pytest.approx((6, 8.3), abs=0.45)


@pytest.mark.parametrize(
    'pitch',
    [
        sinking(6, 0.25, 0.25),  # a look at the lap
        sinking(6, 1.5, 1.5),  # slowly down and slowly up
        sinking(6, 1.5, 0.3, degrees=8),  # too little
        3 * np.sin(20 * TIMES),  # a bad road
    ],
    ids=['quick', 'slow', 'small', 'shaking'],
)
def test_what_is_no_nodding_off(driver, pitch):
    events = driver.find_events(TIMES, head(pitch=pitch))
    assert 'nodding off' not in kinds(events)


def test_a_driver_who_is_not_seen(driver):
    there = (TIMES < 8) | (TIMES > 10)
    poses = head(yaw=45.0 * (TIMES > 7.5))[there]
    events = driver.find_events(TIMES[there], poses)
    assert kinds(events) == ['unseen', 'away']
    assert (events[0].start, events[0].end) == pytest.approx((8, 10), abs=0.1)
    assert events[1].start == pytest.approx(10, abs=0.1)
    parts = driver.shares(TIMES[there], driver.zones(poses))
    assert sum(parts.values()) == pytest.approx(1)
    assert parts['unseen'] == pytest.approx(2 / 20, abs=0.005)
    assert parts['road'] == pytest.approx(7.5 / 20, abs=0.005)


def test_the_timeline_shows_what_is_not_seen(driver, driver_monitoring, tmp_path):
    there = (TIMES < 8) | (TIMES > 10)
    times, poses = TIMES[there], head(yaw=look((14, 17, 45)))[there]
    events = driver.find_events(times, poses)
    figure = driver_monitoring.draw_timeline(times, poses, events)
    above, below = figure.axes
    assert [np.isnan(line.get_ydata()).sum() for line in above.lines] == [1, 1]
    names = [label.get_text() for label in below.get_yticklabels()]
    assert names[0] == 'road' and names[-1] == 'unseen'
    bars = {name: [] for name in names}
    for bar in below.patches:
        name = names[round(bar.get_y() + bar.get_height() / 2)]
        bars[name].append((bar.get_x(), bar.get_x() + bar.get_width()))
    assert bars['unseen'] == [pytest.approx((8, 10), abs=0.1)]
    for start, end in bars['road']:
        assert end <= 8 or start >= 10
    figure.savefig(tmp_path / 'timeline.png')


def write_records(path, times, poses):
    lines = []
    for time, (yaw, pitch, roll) in zip(times.tolist(), poses.tolist(), strict=True):
        record = dict(time=time, valid=True, yaw=yaw, pitch=pitch, roll=roll)
        lines.append(json.dumps(dict(record, box=[10, 10, 90, 90])))
        passenger = dict(record, yaw=70.0, box=[0, 0, 30, 30])
        lines.append(json.dumps(passenger))
        lost = dict(time=time, valid=False, yaw=None, pitch=None, roll=None)
        lines.append(json.dumps(dict(lost, box=[0, 0, 200, 200])))
    path.write_text('\n'.join(lines))
    return path


def test_command(tmp_path):
    poses = seen_by_the_camera(
        head(yaw=look((12, 15, 45)), pitch=sinking(16, 1.5, 0.3))
    )
    predictions = write_records(tmp_path / 'predictions.jsonl', TIMES, poses)
    result = subprocess.run(
        [
            *(sys.executable, PROJECT / 'driver_monitoring.py'),
            *(predictions, '--out', tmp_path),
        ],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    report = json.loads((tmp_path / 'driver.json').read_text())
    assert report['neutral'] == pytest.approx(CAMERA, abs=1)
    found = [event['kind'] for event in report['events']]
    assert found[0] == 'away' and 'nodding off' in found
    assert report['zones']['road'] > 0.7
    assert 'looks at: road 7' in result.stdout
    assert (tmp_path / 'timeline.png').read_bytes().startswith(b'\x89PNG')


@pytest.mark.parametrize('line', ['{"time": 1}', '[]', 'nonsense'])
def test_bad_records_are_named(driver_monitoring, tmp_path, line):
    path = write_records(tmp_path / 'p.jsonl', TIMES[:1], np.zeros((1, 3)))
    path.write_text(f'{path.read_text()}\n{line}\n')
    args = importlib.import_module('argparse').Namespace(source=str(path))
    with pytest.raises(
        ValueError, match=r'p\.jsonl:4: this is no record of a face in a video'
    ):
        driver_monitoring.read_records(args)


def test_too_few_poses(driver_monitoring):
    with pytest.raises(ValueError, match='there are poses in 0 frames: 10 are needed'):
        driver_monitoring.driver_of([])


def test_on_rendered_heads(driver):
    """Through a network: a head that looks ahead, aside for two seconds, and ahead."""
    pytest.importorskip('numba', reason='rendered heads need numba (mmfsa[synth])')
    from mmfsa.lite import HeadPose
    from mmfsa.synth.renderer import HeadRenderer

    renderer, network = HeadRenderer(image_size=96), HeadPose('nano', detector='none')
    times = np.arange(0, 14, 0.25)
    aside = (times >= 10) & (times < 12.5)
    heads = {
        turned: renderer(3, 5, 0, pose=[48.0 * turned - 15, 0, 0]).image
        for turned in (False, True)
    }
    poses = []
    for turned in aside:
        (face,) = network(heads[bool(turned)])
        poses.append([face[name] for name in ('yaw', 'pitch', 'roll')])
    poses = np.array(poses)
    relative = relative_pose(poses, driver.neutral_pose(times, poses))
    (event,) = driver.find_events(times, relative)
    assert event.kind == 'away'
    assert (event.start, event.end) == pytest.approx((10, 12.5))
