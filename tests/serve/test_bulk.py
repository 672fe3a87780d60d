"""Bulk work: each image is answered exactly once, whatever dies on the way."""

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

import mmfsa.serve.bulk as module
from mmfsa.apis import HeadPoseInferencer
from mmfsa.serve.bulk import MANIFEST, PLAN, UNREAD, bulk, counts_of, write_shard
from mmfsa.sources import NamedImage
from mmfsa.utils.files import to_json

pytest.importorskip('pyarrow', reason='mmfsa[bulk] is not installed')
pq = pytest.importorskip('pyarrow.parquet')

SETTINGS = dict(model='nano', detector='none', backend='onnxruntime', threads=1)


@pytest.fixture(scope='module')
def photo(renderer_of):
    """The file of a rendered head, turned by an angle."""

    def make(yaw):
        image = renderer_of(96)(0, 5, 0, pose=[yaw, 0, 0]).image
        return cv2.imencode('.jpg', image)[1].tobytes()

    return make


@pytest.fixture
def photos(tmp_path, photo):
    folder = tmp_path / 'photos'
    folder.mkdir()
    for i, yaw in enumerate((-30, 0, 30)):
        (folder / f'{i}.jpg').write_bytes(photo(yaw))
    (folder / 'broken.jpg').write_bytes(b'no image')
    return folder


class Inline:
    """Runs shards in this process: what Ray does, without its half a minute."""

    fails = ()

    def __init__(self, out, settings, batch_size, *_):
        self._arguments = out, to_json(settings), batch_size
        self.describe = lambda: dict(model=settings['model'])

    def run(self, shards):
        for number, shard in shards:
            if number in self.fails:
                yield number, OSError('the disk is gone')
            else:
                yield number, write_shard(number, shard, *self._arguments)


@pytest.fixture
def inline(monkeypatch):
    """`bulk` with shards that run in this process."""
    from contextlib import nullcontext

    monkeypatch.setattr(module, '_Tasks', Inline)
    monkeypatch.setattr(module, '_ray', lambda *_: nullcontext())
    monkeypatch.setattr(
        module,
        'import_package',
        lambda name: (
            __import__('pyarrow.parquet', fromlist=['parquet'])
            if name == 'pyarrow.parquet'
            else None
        ),
    )
    return Inline


def rows(out):
    return pq.read_table(out / 'records').to_pylist()


def test_the_records_are_those_of_the_inferencer(inline, photos, tmp_path):
    out = tmp_path / 'out'
    manifest = bulk([photos], out, SETTINGS, shard_size=3, batch_size=1)
    assert [manifest[name] for name in ('shards', 'images', 'faces', 'unread')] == [
        *(2, 3, 3, 1)
    ]
    assert json.loads((out / MANIFEST).read_text()) == manifest
    (line,) = (out / UNREAD).read_text().splitlines()
    assert json.loads(line) == dict(
        image=str(photos / 'broken.jpg'), reason='no image that OpenCV can read'
    )
    expected = [
        face
        for result in HeadPoseInferencer(**SETTINGS)(sorted(photos.glob('?.jpg')))
        for face in result['predictions'][0]
    ]
    for row, face in zip(rows(out), expected, strict=True):
        spread = np.ravel(face['spread']).tolist()
        assert row == dict(face, extras='{}', spread=spread) | {
            name: row[name] for name in ('position_mm', 'relative_to')
        }


def test_a_restart_leaves_out_what_is_done(inline, photos, tmp_path, monkeypatch):
    out = tmp_path / 'out'
    monkeypatch.setattr(inline, 'fails', (1,))
    with pytest.raises(OSError, match=r'1 of 4 shards failed, such as shard 1 .*disk'):
        bulk([photos], out, SETTINGS, shard_size=1)
    assert not (out / MANIFEST).exists()
    kept = {path: path.stat().st_mtime_ns for path in out.glob('records/*')}
    assert len(kept) == 3
    (photos / 'later.jpg').write_bytes((photos / '0.jpg').read_bytes())
    monkeypatch.setattr(inline, 'fails', ())
    assert bulk([photos], out, SETTINGS, shard_size=1)['images'] == 3  # as planned
    assert all(path.stat().st_mtime_ns == at for path, at in kept.items())
    with pytest.raises(ValueError, match='results with shard_size 1, not 2: give ano'):
        bulk([photos], out, SETTINGS, shard_size=2)
    with pytest.raises(
        ValueError, match=r'results with settings .* give another folder'
    ):
        bulk([photos], out, dict(SETTINGS, flip_test=True), shard_size=1)


def test_images_of_which_none_can_be_read_are_a_shard_too(tmp_path):
    (tmp_path / 'a.jpg').write_bytes(b'')
    shard = dict(files=[str(tmp_path / 'a.jpg'), str(tmp_path / 'b.jpg')])
    counts = write_shard(5, shard, tmp_path, to_json(SETTINGS), 4)
    assert counts['images'] == counts['faces'] == 0
    assert [Path(name).name for name, _ in counts['unread']] == ['a.jpg', 'b.jpg']
    assert counts == counts_of(tmp_path / 'records/00000005.parquet')


def test_a_shard_whose_own_file_is_gone_is_not_done(tmp_path):
    shard = dict(tar=str(tmp_path / 'gone.tar'))
    with pytest.raises(FileNotFoundError):
        write_shard(0, shard, tmp_path, to_json(SETTINGS), 4)
    assert not [*tmp_path.glob('records/*')]


def test_named_images_have_their_names(photo):
    images = iter([NamedImage('a.tar/1.jpg', photo(0)), NamedImage('a.tar/2.jpg', b'')])
    inferencer = HeadPoseInferencer(**SETTINGS)
    (result,) = inferencer(images)
    assert result['predictions'][0][0]['image'] == 'a.tar/1.jpg'
    assert inferencer.failures == [('a.tar/2.jpg', 'no image that OpenCV can read')]


# With Ray.

IMAGES, SHARD = 5000, 250


@pytest.fixture(scope='module')
def many(photo, write_tar, tmp_path_factory):
    """5,000 pictures in each form: files, rows with bytes, and members of tars."""
    import pyarrow as pa

    folder = tmp_path_factory.mktemp('many')
    contents = [photo(yaw) for yaw in np.linspace(-60, 60, 25)]
    (folder / 'files').mkdir()
    for i in range(2000):
        (folder / f'files/{i:04}.jpg').write_bytes(contents[i % 25])
    rows = [contents[i % 25] for i in range(2000)]
    pq.write_table(pa.table(dict(image=rows)), folder / 'rows.parquet', 300)
    for i in range(4):
        files = {f'{j:04}.jpg': contents[j % 25] for j in range(250)}
        write_tar(folder / f'{i}.tar', files)
    return folder


def raylets(cluster):
    return [
        node.all_processes['raylet'][0].process.pid for node in cluster.list_all_nodes()
    ]


def workers_at_a_shard(parents):
    """The numbers of the processes, children of `parents`, that do a shard now."""
    for stat in Path('/proc').glob('[0-9]*/stat'):
        try:
            fields = stat.read_text().rpartition(')')[2].split()
            title = (stat.parent / 'cmdline').read_text()
        except OSError:  # it has ended
            continue
        if int(fields[1]) in parents and title.startswith('ray::write_shard'):
            yield int(stat.parent.name)


@pytest.mark.slow
def test_a_worker_that_is_killed_twice_changes_nothing(many, tmp_path):
    pytest.importorskip('ray', reason='mmfsa[bulk] is not installed')
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args=dict(num_cpus=1))
    cluster.add_node(num_cpus=1)
    arguments = [many], SETTINGS, SHARD
    try:
        killed = []

        def kill(out):
            """Kill a worker of each node, when a quarter and a half is done."""
            for least, parent in zip((5, 10), raylets(cluster), strict=True):
                while len([*out.glob('records/*.parquet')]) < least:
                    time.sleep(0.05)
                while not (found := [*workers_at_a_shard([parent])]):
                    time.sleep(0.01)
                os.kill(found[0], signal.SIGKILL)
                killed.append(found[0])

        outs = [tmp_path / name for name in ('undisturbed', 'disturbed')]
        manifests = []
        for out in outs:
            thread = threading.Thread(target=kill, args=[out], daemon=True)
            if out.name == 'disturbed':
                thread.start()
            start = time.monotonic()
            manifests.append(
                bulk(arguments[0], out, *arguments[1:], address=cluster.address)
            )
            seconds = time.monotonic() - start
            print(f'{out.name}: {seconds:.1f} s, killed: {len(killed)}')  # noqa: T201
    finally:
        cluster.shutdown()
    assert len({*killed}) == 2
    assert manifests[0] == manifests[1]
    assert manifests[0]['images'] == manifests[0]['faces'] == IMAGES
    files = [sorted(out.glob('records/*.parquet')) for out in outs]
    assert len(files[0]) == len(files[1]) == IMAGES // SHARD
    for one, other in zip(*files, strict=True):
        assert one.read_bytes() == other.read_bytes()
    names = pq.read_table(outs[1] / 'records').column('image').to_pylist()
    assert len(names) == len({*names}) == IMAGES


@pytest.mark.slow
def test_a_command_that_is_killed_goes_on(many, mmfsa_command, tmp_path):
    pytest.importorskip('ray', reason='mmfsa[bulk] is not installed')
    options = '--model=nano', '--detector=none', f'--shard-size={SHARD}', '--workers=2'
    out = tmp_path / 'out'
    command = [*mmfsa_command, 'bulk', many / 'files', f'--out={out}']
    with subprocess.Popen([*command, *options]) as process:
        while len([*out.glob('records/*.parquet')]) < 3:
            assert process.poll() is None
            time.sleep(0.02)
        process.kill()
    kept = {path: path.stat().st_mtime_ns for path in out.glob('records/*.parquet')}
    assert 3 <= len(kept) < 8 and not (out / MANIFEST).exists()
    done = subprocess.run([*command, *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == (
        'shards: 8, images: 2000, faces: 2000, not read: 0'
    )
    assert all(path.stat().st_mtime_ns == at for path, at in kept.items())
    assert len((out / PLAN).read_text().splitlines()) == 9
