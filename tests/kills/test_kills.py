"""A kill at any time leaves no broken file, no process, and nothing that stops a rerun.

Each run is a forked process: it has imported what it needs, and a kill meets the work.
"""

import hashlib
import json
import os
import random
import re
import shutil
import signal
import sys
import time
import traceback
import urllib.request
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from mmfsa.cli import main
from mmfsa.datasets import HeadPoseDataset
from mmfsa.datasets.crop_store import _is_whole
from mmfsa.deploy import ModelCard
from mmfsa.deploy.export import cached_onnx
from mmfsa.engine import load_checkpoint
from mmfsa.methods import load_model
from mmfsa.zoo import config_dir, find_model

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != 'linux', reason='only Linux has /proc'),
    pytest.mark.filterwarnings('ignore:.*fork:DeprecationWarning'),
]
KILLS = 20
GONE = 10  # seconds until the workers of a killed process have ended, too
MODEL = 'fsa_caps_1x1.synthetic'
NOBODY = '(?!)'  # a pattern of no command


def start(run, log):
    """Fork a process that leads a session of its own, and runs; its number."""
    process = os.fork()
    if process:
        return process
    status = 99
    try:
        os.setsid()
        with log.open('ab') as file:
            for number in (1, 2):
                os.dup2(file.fileno(), number)
        sys.stdout, sys.stderr = (os.fdopen(number, 'w', 1) for number in (1, 2))
        status = run()
    except BaseException:  # whatever it is, the log says it
        traceback.print_exc()
    finally:
        os._exit(status)


def living(session):
    """The processes of a session."""
    found = []
    for path in Path('/proc').glob('[0-9]*/stat'):
        try:
            state, _, _, its = path.read_text().rpartition(')')[2].split()[:4]
        except OSError:
            continue
        if int(its) == session and state not in 'ZX':
            found.append(path.parent.name)
    return found


def command_of(process):
    """The command line of a process; nothing where it has ended."""
    try:
        return Path(f'/proc/{process}/cmdline').read_text().replace('\0', ' ')
    except OSError:
        return ''


def kill(session, later=NOBODY):
    """Kill a session's first process, and see that the others end; its status.

    Args:
        later: A pattern of the commands that end later by themselves. They are killed.
    """
    os.kill(session, signal.SIGKILL)
    _, status = os.waitpid(session, 0)
    end = time.monotonic() + GONE
    while (
        left := [p for p in living(session) if not re.search(later, command_of(p))]
    ) and time.monotonic() < end:
        time.sleep(0.05)
    for process in living(session):
        os.kill(int(process), signal.SIGKILL)
    assert not left, f'{[*map(command_of, left)]} live on'
    return status


def content_of(path):
    """The content of a file that is whole.

    Raises:
        Exception: It is not.
    """
    if path.suffix == '.pth':
        state = load_checkpoint(path)['state_dict']
        return {name: value.numpy().tobytes() for name, value in state.items()}
    if path.suffix in ('.mp4', '.webm'):
        video = cv2.VideoCapture(str(path))
        frames = [video.read()[1] for _ in range(int(video.get(7)))]
        return np.stack(frames).tobytes()
    content = path.read_bytes()
    if path.suffix == '.json':
        json.loads(content)
    elif path.suffix == '.jsonl':
        assert all(json.loads(line) for line in content.splitlines())
    elif path.suffix in ('.jpg', '.png'):
        ends = b'\xff\xd9' if path.suffix == '.jpg' else b'IEND\xaeB`\x82'
        assert content.endswith(ends)
    elif path.suffix == '.npy':
        assert _is_whole(path)
    elif path.suffix == '.onnx':
        ModelCard.read(path)
    return content


def results(folder, pattern):
    """A digest of each file with a final name, by its name."""
    found = {}
    for path in sorted(folder.rglob(pattern)):
        hidden = any(part.startswith('.') for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            digest = hashlib.sha256(repr(content_of(path)).encode()).hexdigest()
            found[str(path.relative_to(folder))] = digest
    return found


def kill_often(run, folder, pattern='*', kills=KILLS, later=NOBODY):
    """Kill runs at random times, and look at what is in the folder of their results.

    Runs that end before their kill give the same results as an undisturbed one; so does
    a last one, which goes on after a kill. Nothing is left beside the results.
    """
    log = folder.parent / 'log.txt'

    def finish():
        begin = time.monotonic()
        assert os.waitpid(start(run, log), 0)[1] == 0, log.read_text()[-3000:]
        return results(folder, pattern), time.monotonic() - begin

    finish()  # it compiles and caches
    shutil.rmtree(folder)
    expected, seconds = finish()
    assert expected
    shutil.rmtree(folder)
    chance = random.Random(str(folder.name))
    killed = ended = 0
    while killed < kills:
        session = start(run, log)
        time.sleep(chance.uniform(0, seconds))
        status = kill(session, later)
        found = results(folder, pattern)
        if os.WIFSIGNALED(status):
            killed += 1
            # What has its final name is what it will be.
            assert found.items() <= expected.items(), (found, expected)
        else:
            ended += 1
            assert status == 0, log.read_text()[-3000:]
            assert found == expected
            shutil.rmtree(folder)
    assert finish()[0] == expected
    assert not [*folder.rglob('.mmfsa-*')]
    print(f'\n{killed} kills within {seconds:.1f} s, {ended} ended')  # noqa: T201


@pytest.fixture
def photos(tmp_path):
    """A folder of six pictures and a short video."""
    folder = tmp_path / 'photos'
    folder.mkdir()
    noise = np.random.default_rng(0).integers(0, 256, (8, 6, 8, 3), np.uint8)
    images = [cv2.resize(image, (120, 90)) for image in noise]
    for number, image in enumerate(images[:6]):
        cv2.imwrite(str(folder / f'{number}.png'), image)
    codec = cv2.VideoWriter_fourcc(*'MJPG')
    video = cv2.VideoWriter(str(folder / 'clip.avi'), codec, 25, (120, 90))
    for image in images:
        video.write(image)
    video.release()
    return folder


@pytest.mark.parametrize(('workers', 'kills'), [(1, KILLS), (2, 6)])
def test_predict(workers, kills, photos, tmp_path):
    out = tmp_path / 'out'
    argv = ['predict', str(photos), '--model', MODEL, '--out', str(out), '--threads=1']
    argv += ['--backend=onnxruntime', '--detector=none', '--sheet', '--plot']
    argv += [f'--workers={workers}'] if workers > 1 else []
    kill_often(lambda: main(argv), out, kills=kills)


def test_convert(shared, tmp_path):
    pytest.importorskip('h5py')
    source = shared / 'weights/official/300W_LP/fsanet_capsule_3_16_2_21_5.h5'
    dst = tmp_path / 'out/model.pth'
    kill_often(lambda: main(['convert', str(source), str(dst)]), dst.parent)


def test_data(tmp_path):
    from scipy.io import savemat

    source, out = tmp_path / 'AFLW2000', tmp_path / 'out'
    source.mkdir()
    chance = np.random.default_rng(0)
    for number in range(64):
        points = chance.uniform(20, 60, (2, 68))
        pose = np.array([[*chance.uniform(-1, 1, 3), 1, 2, 3, 1]])
        three = np.vstack([points, points[:1]])
        mat = source / f'image{number:05}.mat'
        savemat(mat, dict(Pose_Para=pose, pt2d=points, pt3d_68=three))
        cv2.imwrite(str(mat.with_suffix('.jpg')), np.zeros((90, 90, 3), np.uint8))
    argv = ['data', 'aflw2000', str(source), '--out', str(out), '--workers=2']
    kill_often(lambda: main(argv), out)


def test_synth(tmp_path):
    pytest.importorskip('numba', reason='rendered heads need numba (mmfsa[synth])')
    out = tmp_path / 'out'
    argv = ['synth', '--num=4', '--workers=2', '--depth=exact', '--out', str(out)]
    kill_often(lambda: main(argv), out)


@pytest.mark.parametrize('part', range(4))  # a test hangs that takes 15 minutes
def test_bulk(part, photos, tmp_path):
    pytest.importorskip('ray', reason='mmfsa[bulk] is not installed')
    out = tmp_path / f'out_{part}'  # it chooses the times
    argv = ['bulk', str(photos / '*.png'), f'--out={out}', '--shard-size=1']
    argv += [f'--model={MODEL}', '--detector=none', '--workers=2']
    # Ray takes seconds to start, and its processes look for the one that started them:
    # some look once a minute.
    kill_often(lambda: main(argv), out, kills=KILLS // 4, later=r'/ray/|^ray::')


def test_train_and_resume(tmp_path):
    chance = np.random.default_rng(0)
    images = chance.integers(0, 256, (8, 64, 64, 3), np.uint8)
    np.savez(tmp_path / 'a.npz', image=images, pose=chance.uniform(-60, 60, (8, 3)))
    config = tmp_path / 'tiny.py'
    config.write_text(f"""
_base_ = {str(config_dir() / 'fsa_none_wo_p1.py')!r}
dataset = dict(
    _delete_=True,
    type='HeadPoseDataset',
    ann_file={str(tmp_path / 'a.npz')!r},
    pipeline=[dict(type='RandomZoom'), dict(type='PackHeadPoseInputs')],
)
train_dataloader = dict(
    batch_size=4, num_workers=1, persistent_workers=True, dataset=dataset
)
val_cfg = val_dataloader = val_evaluator = None
train_cfg = dict(max_epochs=3, val_interval=9)
vis_backends = [dict(type='LocalVisBackend')]
visualizer = dict(vis_backends=vis_backends)
""")
    out = tmp_path / 'out'
    argv = ['train', str(config), '--work-dir', str(out), '--resume']
    kill_often(lambda: main(argv), out, '*.pth')


def test_export(tmp_path):
    out = tmp_path / 'out/model.onnx'
    kill_often(lambda: main(['export', MODEL, str(out)]), out.parent)


def test_caches(photos, tmp_path, monkeypatch):
    """A joined checkpoint, an exported network, the crops of an index."""
    out = tmp_path / 'out'
    monkeypatch.setenv('XDG_CACHE_HOME', str(out / 'cache'))
    monkeypatch.setattr('mmfsa.deploy.export.cache_path', (out / 'cache').joinpath)
    entries = [
        dict(img_path=f'{i}.png', face_box=[9, 8, 90, 80], yaw=i, pitch=0, roll=0)
        for i in range(6)
    ]
    info = dict(dataset='Tiny', img_root=str(photos), num_found=6, box_source='drawn')
    index = json.dumps(dict(metainfo=info, data_list=entries))
    steps = 'LoadImageFromFile', 'CropFace', 'PackHeadPoseInputs'
    pipeline = [dict(type=step) for step in steps]

    def run():
        (out / 'data').mkdir(parents=True, exist_ok=True)
        if not (out / 'data/index.json').exists():
            (out / 'data/.index').write_text(index)
            (out / 'data/.index').replace(out / 'data/index.json')
        HeadPoseDataset(str(out / 'data/index.json'), pipeline=pipeline, cache=True)[0]
        find_model('fsa_caps_fusion.aflw')
        cfg, weights = find_model(MODEL)
        model, _ = load_model(cfg, weights)
        with cached_onnx(model, ModelCard.of(model, 'a', weights)) as path:
            assert path.is_relative_to(out)
        return 0

    with torch.no_grad():
        kill_often(run, out)


@pytest.mark.parametrize(('workers', 'kills'), [(1, 14), (2, 6)])
def test_serve(workers, kills, tmp_path):
    pytest.importorskip('uvicorn', reason='mmfsa[serve] is not installed')
    argv = ['serve', f'--model={MODEL}', '--backend=onnxruntime', '--detector=none']
    argv += ['--port=0', '--threads=1', f'--workers={workers}']
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    body = cv2.imencode('.png', image)[1].tobytes()
    chance = random.Random(workers)

    def serve(number):
        log = tmp_path / f'{number}.txt'
        return start(lambda: main(argv), log), log

    def answer(log):
        begin = time.monotonic()
        while time.monotonic() < begin + 120:
            found = re.search(r'http://\S+', log.read_text() if log.exists() else '')
            if found:
                try:
                    with urllib.request.urlopen(
                        f'{found[0]}/predict', body, timeout=60
                    ) as reply:
                        return reply.read(), time.monotonic() - begin
                except ConnectionError:
                    pass
            time.sleep(0.05)
        raise AssertionError(log.read_text())

    session, log = serve('first')
    expected, seconds = answer(log)
    kill(session)
    for number in range(kills):
        session, _ = serve(number)
        time.sleep(chance.uniform(0, 1.2 * seconds))
        assert os.WIFSIGNALED(kill(session))
    session, log = serve('last')
    assert answer(log)[0] == expected
    kill(session)
    print(f'\n{kills} kills within {1.2 * seconds:.1f} s')  # noqa: T201
