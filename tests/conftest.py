"""What all tests share: reference data, and scripts that run in the tests' process."""

import gc
import importlib.util
import io
import json
import os
import runpy
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from unittest import mock

import cv2
import numpy as np
import pytest
from mmengine import DefaultScope
from mmengine.logging import MessageHub, MMLogger
from mmengine.visualization import Visualizer

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT.parent / 'shared'


@pytest.fixture(scope='session')
def shared():
    """The folder of reference data (images, the authors' weights, their outputs)."""
    if not REFERENCE.is_dir():
        pytest.skip(f'reference data are not at {REFERENCE}')
    return REFERENCE


@pytest.fixture(scope='module', autouse=True)
def little_to_collect():
    """Whatever is there before a file's tests, the garbage collector leaves alone.

    mmengine calls it for each data set, and among all of torch it takes half a second.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope='session', autouse=True)
def plain_dumps():
    """Configs are dumped as they are: to lay one out takes yapf half a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr('mmengine.config.config.FormatCode', lambda text, **_: (text, 1))
        yield


@pytest.fixture(scope='session', autouse=True)
def cache_of_exports(tmp_path_factory):
    """Tests export to a cache of their own: most of their weights are random."""
    folder = tmp_path_factory.mktemp('cache')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr('mmfsa.deploy.export.cache_path', folder.joinpath)
        yield folder


@pytest.fixture(scope='session')
def load_tool():
    """Import a script below `tools/` by its path there."""

    def load(path):
        path = ROOT / 'tools' / path
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(path.parent)  # where Python looks first for a script
            spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope='session')
def run_tool(tmp_path_factory):
    """Run a script below `tools/` in this process, as a user would.

    Returns what the script printed; with `fails`, what it reported on standard error.
    A process of its own would import torch and mmengine again, for seconds.
    """
    folder = tmp_path_factory.mktemp('cwd')

    def run(path, *arguments, fails=False, cwd=folder):
        script = ROOT / 'tools' / path
        printed, reported = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            mock.patch.dict(os.environ),
            redirect_stdout(printed),
            redirect_stderr(reported),
        ):
            patch.setattr(sys, 'argv', [str(script), *map(str, arguments)])
            patch.syspath_prepend(script.parent)
            patch.chdir(cwd)
            status = _status_of(script)
        _forget_the_run()
        if isinstance(status, str):
            reported.write(status)
        failed = status not in (None, 0)
        assert failed == fails, reported.getvalue() + printed.getvalue()
        return reported.getvalue().strip() if fails else printed.getvalue()

    return run


def _status_of(script):
    """What a script exits with: None or 0 after success, a number, or a message."""
    try:
        runpy.run_path(str(script), run_name='__main__')
    except SystemExit as e:
        return e.code
    return None


def _forget_the_run():
    """Leave nothing of mmengine's runner to the next test: names, scopes, loggers."""
    for kind in (DefaultScope, MMLogger, MessageHub, Visualizer):
        kind._instance_dict.clear()


@pytest.fixture
def small_disk(tmp_path):
    """Mount a disk of so many kilobytes; skips where that is not permitted."""
    folder = tmp_path / 'disk'

    def mount(kilobytes):
        folder.mkdir()
        command = ['mount', '-t', 'tmpfs', '-o', f'size={kilobytes}k', 'tmpfs', folder]
        if sys.platform != 'linux' or subprocess.run(command).returncode:
            pytest.skip('mounting a small disk is not permitted here')
        return folder

    yield mount
    if folder.is_mount():
        subprocess.run(['umount', '-l', folder], check=True)


NUM_FACES = 10


@pytest.fixture
def write_index(tmp_path):
    """Writes an index of smooth random images, changed by the test; returns its folder."""

    def write(change=None, num=NUM_FACES):
        random = np.random.RandomState(0)
        (tmp_path / 'photos').mkdir(exist_ok=True)
        entries = []
        for i in range(num):
            img = random.randint(0, 256, (12, 15, 3), np.uint8)
            cv2.imwrite(str(tmp_path / f'photos/{i}.png'), cv2.resize(img, (150, 120)))
            yaw, pitch, roll = random.uniform(-90, 90, 3).tolist()
            entries.append(
                dict(
                    img_path=f'{i}.png',
                    face_box=[50 + i, 40, 90, 80 + i],
                    yaw=yaw,
                    pitch=pitch,
                    roll=roll,
                    sequence=f'{i // 2:02d}',
                    frame=i,
                )
            )
        index = dict(
            metainfo=dict(
                dataset='Tiny', img_root='photos', num_found=num, box_source='drawn'
            ),
            data_list=entries,
        )
        if change:
            change(index)
        (tmp_path / 'index.json').write_text(json.dumps(index))
        return tmp_path

    return write


@pytest.fixture
def data_root(write_index, tmp_path):
    """A made-up AFLW2000 whose landmarks are exact, in a folder of data sets."""
    from mmfsa.landmarks import HeadPoints
    from mmfsa.landmarks.solvers import Fit, default_camera, project_orthographic
    from mmfsa.structures import pose_to_matrix

    def change(index):
        index['metainfo'] |= dict(dataset='AFLW2000', box_kind='visible')
        index['metainfo']['format_version'] = 2
        points = HeadPoints().xyz
        for entry in index['data_list']:
            pose = [entry[angle] for angle in ('yaw', 'pitch', 'roll')]
            pose = [0.5 * angle for angle in pose]
            entry.update(zip(('yaw', 'pitch', 'roll'), pose, strict=True))
            fit = Fit(pose_to_matrix(pose), np.array([0, 0, 3000.0]))
            pixels = project_orthographic(fit, points, default_camera((150, 120)))
            entry['landmarks'] = pixels.round(4).tolist()
            entry['boxes'] = dict(landmarks68=entry['face_box'])

    folder = write_index(change, num=4)
    root = tmp_path / 'root'
    root.mkdir()
    (root / 'aflw2000').symlink_to(folder)
    return root


@pytest.fixture(scope='session')
def write_faces():
    """Writes faces and their index to a folder; returns the index's path.

    A face is a picture, and the fields of its entry. Its pose is zero if these say no
    other. Films are faces with `sequence`, `frame` and `time`.
    """

    def write(folder, faces, **metainfo):
        metainfo = dict(dataset='faces', box_source='landmarks') | metainfo
        pictures = folder / metainfo.get('img_root', '')
        entries = []
        for i, (picture, fields) in enumerate(faces):
            entry = dict(img_path=f'{i}.png', yaw=0, pitch=0, roll=0) | fields
            cv2.imwrite(str(pictures / entry['img_path']), picture)
            entries.append(entry)
        index = dict(metainfo=metainfo, data_list=entries)
        path = folder / 'index.json'
        path.write_text(json.dumps(index))
        return path

    return write


@pytest.fixture(scope='session')
def mmfsa_command():
    """What runs `mmfsa` in a process of its own: the start of a command."""
    program = 'import sys; from mmfsa.cli import main; sys.exit(main())'
    return [sys.executable, '-c', program]


@pytest.fixture(scope='session')
def head_packages():
    """Skips where a package is missing that rendered heads need."""
    for package in ('anny', 'numba'):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f'{package} is not installed (docs/en/synth.md)')


@pytest.fixture(scope='session')
def renderer_of(head_packages):
    """Gives renderers of heads, by the side of their pictures in pixels."""
    from mmfsa.synth.renderer import HeadRenderer

    return cache(lambda side: HeadRenderer(image_size=side))


@pytest.fixture(scope='session')
def lying_face():
    """A detector that finds a face on its side: it is seen after a quarter turn."""
    from mmfsa.detection import BaseDetector
    from mmfsa.structures import Faces

    class LyingFace(BaseDetector):
        def __call__(self, image):  # noqa: ARG002
            five = [[30, 14], [30, 30], [22, 22], [14, 16], [14, 28]]
            box = [[8, 6, 44, 38]]
            return Faces(box, 'landmarks68', landmarks=np.array([five], np.float32))

    return LyingFace()


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (48, 60, 3), dtype=np.uint8)


@pytest.fixture
def write_video(tmp_path):
    """Writes a video of noise; each frame is brighter than the last."""

    def write(frames=12, name='clip.avi', fps=25, size=(96, 64)):
        path = tmp_path / name
        codec = cv2.VideoWriter_fourcc(*('MJPG' if path.suffix == '.avi' else 'mp4v'))
        writer = cv2.VideoWriter(str(path), codec, fps, size)
        noise = np.random.default_rng(0).integers(0, 40, (size[1], size[0], 3))
        for i in range(frames):
            writer.write((noise + 5 * i % 200).astype(np.uint8))
        writer.release()
        return path

    return write
