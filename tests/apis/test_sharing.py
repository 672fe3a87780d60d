"""Threads share detectors, networks and inferencers; forked and spawned processes."""

import multiprocessing
import pickle
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from PIL import Image

from mmfsa.apis import HeadPoseInferencer, HeadPosePredictor
from mmfsa.detection import build_detector
from mmfsa.methods import create_model
from mmfsa.structures import Faces, Frame
from mmfsa.zoo import find_model

NAME = 'fsa_caps_1x1.synthetic'
THREADS, CALLS = 4, 6
DETECTORS = [
    *('mtcnn', 'centerface', 'blazeface', 'blazeface-full', 'none'),
    'yunet:*yunet*.onnx',
    'openseeface:*detection*.onnx',
    'opentrack-localizer:*localizer*.onnx',
]


@pytest.fixture(scope='module')
def images():
    """Pictures of several sizes, so that threads ask for other shapes at once."""
    random = np.random.default_rng(0)
    small = random.integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)
    sizes = (160, 120), (97, 64), (200, 210)
    return [cv2.resize(s, size) for s, size in zip(small, sizes, strict=True)]


@pytest.fixture
def inferencer():
    return HeadPoseInferencer(NAME, detector='none', device='cpu')


def in_threads(call, inputs):
    """The answers of calls from several threads, in the order of the inputs."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(call, inputs))


@pytest.fixture
def build(shared):
    """Builds a detector by its name, with its model where it needs one; or skips."""

    def run(name):
        kind, _, pattern = name.partition(':')
        if '*' in pattern:
            found = sorted(shared.glob(f'weights/rivals/**/{pattern}'))
            if not found:
                pytest.skip(f'there is no {pattern} among the reference data')
            name = f'{kind}:{found[0]}'
        try:
            return build_detector(name, 'cpu')
        except ImportError as error:
            pytest.skip(str(error))

    return run


def check_threads(detector, images):
    """Threads find what one thread finds. Return the number of boxes."""
    alone = [detector(image) for image in images]
    found = in_threads(detector, images * CALLS)
    for one, other in zip(found, alone * CALLS, strict=True):
        np.testing.assert_allclose(one.boxes, other.boxes, atol=1e-3)
        np.testing.assert_allclose(one.scores, other.scores, atol=1e-5)
    return sum(len(faces.boxes) for faces in alone)


@pytest.mark.parametrize('name', DETECTORS)
def test_threads_share_a_detector(name, images, build):
    check_threads(build(name), images)


def test_threads_share_a_detector_of_mmdetection(images, build, tmp_path):
    """With random weights, and all that they find."""
    config = tmp_path / 'tiny.py'
    config.write_text(
        "_base_ = 'mmdet::yolox/yolox_tiny_8xb8-300e_coco.py'\n"
        'model = dict(test_cfg=dict(score_thr=0))\n'
    )
    detector = build(f'mmdet:{config}')
    detector.threshold = 0
    assert check_threads(detector, images) > 3


@pytest.mark.parametrize(
    'backend',
    [
        'torch',
        'onnxruntime',
        'opencv',
        pytest.param('openvino', marks=pytest.mark.slow),
    ],
)
def test_threads_share_a_backend(backend, images):
    try:
        method = create_model(NAME, backend=backend, device='cpu')
    except ImportError as error:
        pytest.skip(str(error))

    def look(image):
        faces = Faces(np.array([[10, 10, 50, 50], [20, 5, 60, 60]]), 'landmarks68')
        return method.predict(Frame(image), faces).euler

    alone = [look(image) for image in images]
    found = in_threads(look, images * CALLS)
    np.testing.assert_allclose(found, alone * CALLS, atol=1e-3)


def test_threads_share_an_inferencer(inferencer, images, tmp_path):
    def look(number):
        missing = tmp_path / f'{number}.png'
        draw = ('axes', 'cube')[number % 2]
        results = inferencer([images[number % 3], missing], draw=draw, return_vis=True)
        (result,) = results
        return result['predictions'][0][0]['yaw'], inferencer.failures

    alone = [look(number)[0] for number in range(3)]
    for number, (yaw, failures) in enumerate(in_threads(look, range(CALLS))):
        assert yaw == pytest.approx(alone[number % 3], abs=1e-3)
        assert [name for name, _ in failures] == [str(tmp_path / f'{number}.png')]


@pytest.mark.slow
def test_threads_build_what_the_cache_keeps_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    paths = in_threads(lambda _: find_model('fsa_caps_fusion.aflw')[1], range(4))
    assert len({*paths}) == 1 and paths[0].is_file()
    assert list(paths[0].parent.iterdir()) == [paths[0]]


def look_again(inferencer, image):
    return next(inferencer(image))['predictions'][0][0]['yaw']


def test_a_pickle_holds_the_arguments(inferencer, images):
    content = pickle.dumps(inferencer)
    assert len(content) < 500
    yaw = look_again(inferencer, images[0])
    assert look_again(pickle.loads(content), images[0]) == yaw
    predictor = HeadPosePredictor(NAME, device='cpu')
    again = pickle.loads(pickle.dumps(predictor))
    assert again(images[0]).euler.tolist() == predictor(images[0]).euler.tolist()


@pytest.mark.slow
def test_a_spawned_process_builds_it_again(inferencer, images):
    with multiprocessing.get_context('spawn').Pool(1) as pool:
        yaw = pool.apply(look_again, (inferencer, images[0]))
    assert yaw == pytest.approx(look_again(inferencer, images[0]), abs=1e-3)


def in_a_fork(*calls):
    """What calls return in a forked process, or the messages of their errors."""
    context = multiprocessing.get_context('fork')
    answers = context.Queue()

    def run():
        for call in calls:
            try:
                answers.put(call())
            except RuntimeError as error:
                answers.put(str(error))

    process = context.Process(target=run)
    process.start()
    said = [answers.get(timeout=20) for _ in calls]
    process.join(20)
    return said


@pytest.mark.filterwarnings('ignore:.*fork:DeprecationWarning')
def test_a_forked_process_fails_at_once(inferencer, images):
    first, second = in_a_fork(
        lambda: next(inferencer(images[0])), lambda: inferencer.predictor(images[0])
    )
    assert 'HeadPoseInferencer was made before the process was forked' in first
    assert 'make a HeadPosePredictor in each worker' in second


@pytest.mark.filterwarnings('ignore:.*fork:DeprecationWarning')
@pytest.mark.parametrize('backend', ['torch', 'onnxruntime', 'opencv'])
def test_a_backend_fails_at_once_in_a_forked_process(backend):
    """Without a predictor around it, too: torch's threads would be waited for."""
    backend = create_model(NAME, backend=backend, device='cpu').network
    crops = np.zeros((4, 64, 64, 3), np.uint8)
    assert len(backend.estimate(crops)) == 4
    (said,) = in_a_fork(lambda: backend.estimate(crops))
    assert 'was made before the process was forked' in said
    assert f'make a {type(backend).__name__} in each worker' in said


def test_what_users_have_is_taken(inferencer, images):
    image = images[1]
    rgb = np.ascontiguousarray(image[..., ::-1])
    content = cv2.imencode('.png', image)[1].tobytes()

    def yaws(inputs, **options):
        found = inferencer(inputs, **options)
        return [face['yaw'] for r in found for (face,) in r['predictions']]

    (yaw,) = yaws(image)
    assert yaws([Image.fromarray(rgb), content, bytearray(content)]) == [yaw] * 3
    assert yaws([rgb, Image.fromarray(rgb)], channel_order='rgb') == [yaw] * 2
    assert yaws(part for part in (image, None, image)) == [yaw] * 2
    assert yaws([image, image.tolist(), image]) == [yaw] * 2  # its numbers: no cameras
    assert 'a list in a list is no image' in inferencer.failures[0][1]
    for mode in ('I', 'I;16', 'F'):
        assert yaws([image, Image.new(mode, (9, 9))]) == [yaw]
        assert 'that is a depth map, not a photo' in inferencer.failures[0][1]
    assert yaws([image, None, 3.5, b'no image', image]) == [yaw] * 2
    assert [name for name, _ in inferencer.failures] == [
        '00000001',
        '00000002',
        '00000003',
    ]
    predictor = HeadPosePredictor(NAME, device='cpu')
    same = predictor(image).euler.tolist()
    assert predictor(Image.fromarray(rgb)).euler.tolist() == same
    assert predictor(rgb, channel_order='rgb').euler.tolist() == same
    with pytest.raises(ValueError, match='channel_order must be one of'):
        next(inferencer(image, channel_order='RGB'))


def test_a_generator_is_asked_for_one_after_the_other(inferencer, images):
    given = []

    def endless():
        while True:
            given.append(1)
            yield images[0]

    results = inferencer(endless())
    next(results)
    assert len(given) <= 2


@pytest.mark.parametrize('camera', [0, 'webcam', 'webcam:0', np.int64(0)])
def test_a_camera_by_its_number(camera):
    from mmfsa.sources import expand

    assert expand(camera) == ['webcam:0']


@pytest.mark.parametrize('detector', ['mtcnn', 'centerface', 'none'])
def test_pictures_of_odd_sizes(detector):
    try:
        inferencer = HeadPoseInferencer(NAME, detector=detector, device='cpu')
    except ImportError as error:
        pytest.skip(str(error))
    random = np.random.default_rng(0)
    sizes = (4000, 1), (1, 4000), (1, 1), (2, 3), (9, 5000)
    inputs = [random.integers(0, 256, (*size, 3), dtype=np.uint8) for size in sizes]
    assert len(list(inferencer(inputs, return_vis=True))) == len(sizes)
    assert not inferencer.failures


def test_a_detector_that_fails_on_one_picture(inferencer, images):
    def detect(image):
        if image.shape[0] == 64:
            raise cv2.error('no memory')
        return build_detector('none')(image)

    inferencer.predictor.detector = detect
    assert len(list(inferencer(images))) == 2
    assert inferencer.failures == [('00000001', 'function fails: no memory')]
