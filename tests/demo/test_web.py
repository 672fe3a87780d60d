"""The browser page finds Python's poses; headless Chromium shows it, if npm got one."""

import base64
import json
import shutil
import subprocess
import threading
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmfsa import HeadPoseInferencer, HeadPosePredictor
from mmfsa.inputs import InputSpec, crop_face
from mmfsa.serve.page import RUNTIME, QuietHandler, build_page, check_spec, page_source
from mmfsa.utils import register_all_modules

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / 'demo/web'
MODEL = 'fsa_caps_1x1.synthetic'
DEGREES = 0.05
SIZE = 640, 480


def test_the_page_is_found():
    assert (page_source() / 'index.html').is_file()


def test_without_its_runtime_it_is_not_built(tmp_path):
    with pytest.raises(FileNotFoundError, match='run `npm ci` in'):
        build_page(tmp_path / 'page', MODEL, tmp_path)
    assert not (tmp_path / 'page').exists()


def test_a_method_that_is_no_network_of_crops(tmp_path):
    for name in RUNTIME:
        (tmp_path / name).touch()
    with pytest.raises(ValueError, match='own_landmarks_pnp is another'):
        build_page(tmp_path / 'page', 'own_landmarks_pnp', tmp_path)


@pytest.mark.parametrize(
    'changes',
    [
        dict(crop=dict(border='reflect')),
        dict(crop=dict(border='constant')),
        dict(crop=dict(align='eyes')),
        dict(interpolation='area'),
    ],
)
def test_a_crop_that_the_page_can_not_cut(changes):
    with pytest.raises(ValueError, match='can not cut the crops of a_model'):
        check_spec(InputSpec().changed(**changes), 'a_model')


@pytest.mark.parametrize(
    'box',
    [(90, 20, 150, 90), (5, 5, 25, 25)],  # beyond the image, and smaller than the crop
)
@pytest.mark.parametrize('interpolation', ['bilinear', 'supersampled'])
def test_the_pages_crops_are_pythons(tmp_path, interpolation, box):
    if shutil.which('node') is None:
        pytest.skip('Node.js is not installed')
    image = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)
    spec = InputSpec(interpolation=interpolation).changed(crop=dict(border='replicate'))
    pixels = cv2.cvtColor(image, cv2.COLOR_BGR2RGBA).ravel().tolist()
    frame = json.dumps(dict(width=160, height=120, data=pixels))
    script = tmp_path / 'crop.mjs'
    script.write_text(
        f"import {{ cropFace }} from '{(WEB / 'crop.js').as_uri()}';\n"
        f'const {{ image }} = cropFace({frame}, {[*box]}, {json.dumps(spec.to_dict())});\n'
        'console.log(JSON.stringify([...image]));'
    )
    done = subprocess.run(['node', script], capture_output=True, text=True, check=True)
    off = np.abs(json.loads(done.stdout) - crop_face(image, box, spec).image.ravel())
    # Where the crop is larger than its part of the image, weights are rounded otherwise.
    assert off.max() <= 1 and off.mean() < 0.01


def turning_head(renderer, num=20):
    """Frames of a head that turns."""
    for i in range(num):
        frame = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
        head = renderer(7, 13, 0, pose=[2 * i - num, 0, 0]).image
        frame[140:332, 200:392] = head
        yield frame


def write_clip(frames, path):
    """Frames as a video that Chromium takes for its camera."""
    with path.open('wb') as file:
        file.write(b'YUV4MPEG2 W%d H%d F30:1 Ip A1:1 C420jpeg\n' % SIZE)
        for frame in frames:
            planes = cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420)
            file.write(b'FRAME\n' + planes.tobytes())


def write_video(frames, path):
    """Frames as a video file of a format that every Chromium plays."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*'VP80'), 10, SIZE)
    assert writer.isOpened()
    for frame in frames:
        writer.write(frame)
    writer.release()


@pytest.fixture(scope='module')
def renderer(renderer_of):
    return renderer_of(192)


@pytest.fixture(scope='module')
def seen(renderer, tmp_path_factory):
    """What the page finds in a photo and in a camera's pictures, and the photo."""
    pytest.importorskip('onnxruntime', reason='CenterFace needs mmfsa[detect]')
    if shutil.which('node') is None:
        pytest.skip('Node.js is not installed')
    if not (WEB / 'node_modules/playwright-core').is_dir():
        pytest.skip('the browser is not installed: run `npm ci` in demo/web')
    folder = tmp_path_factory.mktemp('web')
    register_all_modules()
    build_page(folder / 'page', MODEL)
    # PNG: other files are not decoded to the same pixels everywhere.
    photo = folder / 'photo.png'
    people = cv2.imread(str(ROOT / 'docs/images/people.jpg'))
    cv2.imwrite(str(photo), people)
    lying = folder / 'lying.png'
    cv2.imwrite(str(lying), cv2.rotate(people, cv2.ROTATE_90_CLOCKWISE))
    frames = [*turning_head(renderer)]
    write_clip(frames, folder / 'clip.y4m')
    write_video(frames, folder / 'video.webm')
    handler = partial(QuietHandler, directory=str(folder / 'page'))
    with ThreadingHTTPServer(('127.0.0.1', 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = subprocess.run(
            [
                *('node', ROOT / 'tests/demo/drive_page.mjs', WEB),
                *(f'http://127.0.0.1:{server.server_port}/', photo, lying),
                *(folder / 'video.webm', folder / 'clip.y4m', folder),
            ],
            capture_output=True,
            text=True,
            timeout=600,
        )
        server.shutdown()
    if 'cannot open shared object file' in done.stderr:
        pytest.skip(f'the browser lacks a library: {done.stderr.splitlines()[0]}')
    assert done.returncode == 0, done.stderr
    files = dict(photo=photo, lying=lying)
    return dict(json.loads(done.stdout), files=files, folder=folder)


@pytest.mark.parametrize(('name', 'least'), [('photo', 6), ('lying', 1)])
def test_the_poses_of_a_photo_are_pythons(seen, name, least):
    (result,) = HeadPoseInferencer(MODEL, device='cpu')(str(seen['files'][name]))
    (expected,) = result['predictions']
    assert len(seen[name]) == len(expected) >= least
    assert any(record['turned'] for record in expected) == (name == 'lying')
    for found, record in zip(seen[name], expected, strict=True):
        for angle in ('yaw', 'pitch', 'roll'):
            assert found[angle] == pytest.approx(record[angle], abs=DEGREES)
        assert found['crop_box'] == record['crop_box']
        assert found['turned'] == record['turned']
        assert np.allclose(found['box'], record['box'], atol=0.1)
        assert np.allclose(found['landmarks'], record['landmarks'], atol=0.1)
        assert np.allclose(
            found['rotation_matrix'], record['rotation_matrix'], atol=1e-3
        )
        assert found['score'] == pytest.approx(record['score'], abs=1e-3)
        for field in ('convention', 'model', 'weights_sha256', 'valid'):
            assert found[field] == record[field]


def test_the_poses_of_the_camera_are_pythons(seen):
    picture, records = seen['camera']['picture'], seen['camera']['records']
    content = base64.b64decode(picture.partition(',')[2])
    frame = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    detector = dict(type='centerface', size=256)  # STREAM_SIZE of demo/web/main.js
    poses = HeadPosePredictor(MODEL, detector=detector, device='cpu')(frame)
    assert len(records) == len(poses) == 1
    found = [records[0][name] for name in ('yaw', 'pitch', 'roll')]
    assert found == pytest.approx(poses.euler[0], abs=DEGREES)


def test_the_faces_of_a_stream_have_numbers_and_times(seen):
    assert {record['track_id'] for record in seen['stream']} == {1}
    times = [record['time'] for record in seen['stream']]
    assert times == sorted(times) and len(times) > 1
    yaws = [record['yaw'] for record in seen['stream']]
    assert max(yaws) - min(yaws) > 5  # the head turns
    assert seen['rate'] > 0
    assert seen['spoken'].endswith(f'{len(times)} records can be saved.')


def test_a_frame_leaves_time_for_thirty_a_second(seen):
    """By the work of the page's thread: the clock counts what other programs do."""
    print(f'{seen["rate"]:.1f} frames/s, {seen["work"]:.1f} ms of work a frame')  # noqa: T201
    assert 0 < seen['work'] < 1000 / 30


def test_a_video_is_followed_to_its_end(seen):
    assert {record['image'] for record in seen['video']} == {'video.webm'}
    times = [record['time'] for record in seen['video']]
    assert times == sorted(times) and 0 <= times[0] < times[-1] <= 2
    assert seen['video'][-1]['yaw'] > seen['video'][0]['yaw']


def test_the_records_can_be_saved(seen):
    assert json.loads((seen['folder'] / 'records.json').read_text()) == seen['photo']


def test_nothing_fails_or_leaves_the_machine_and_a_phone_shows_all(seen):
    assert seen['problems'] == [] and seen['elsewhere'] == []
    assert seen['overflow'] == 0
