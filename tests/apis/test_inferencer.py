import json
from collections import defaultdict
from itertools import chain

import cv2
import numpy as np
import pytest
import torch

from mmfsa import HeadPoseInferencer
from mmfsa.deploy import ModelCard, export_onnx
from mmfsa.detection import BaseDetector
from mmfsa.engine import load_checkpoint, load_weights, save_checkpoint
from mmfsa.methods import CropMethod
from mmfsa.registry import INFERENCERS, MODELS
from mmfsa.structures import Faces, HeadPoseDataSample, Poses
from mmfsa.tracking import FaceFollower, measure_stability
from mmfsa.zoo import find_model

MODEL = 'fsa-caps-1x1-p1'
RECORD = {
    **dict(
        schema_version=int,
        image=None,
        number=int,
        frame=None,
        time=None,
        track_id=None,
        box=list,
        score=None,
    ),
    **dict(landmarks=None, crop_box=list, turned=float, valid=bool, reason=None),
    **dict(doubts=list, camera=None),
    **dict(yaw=float, pitch=float, roll=float, neutral=None, spread=None, extras=dict),
    **dict(rotation_matrix=list, quaternion=list, convention=str),
    **dict(model=str, weights_sha256=str),
}


def predictions(results):
    return [faces for result in results for faces in result['predictions']]


def angles(faces):
    return [[face[k] for k in ('yaw', 'pitch', 'roll')] for face in faces]


def frames_of(path):
    capture = cv2.VideoCapture(str(path))
    frames = []
    while True:
        found, frame = capture.read()
        if not found:
            return capture.get(cv2.CAP_PROP_FPS), frames
        frames.append(frame)


def test_is_what_the_network_computes(whole_image, checkpoint, crops):
    model = MODELS.build(find_model(MODEL)[0].model).eval()
    load_weights(model, checkpoint)
    images = crops(3)
    inputs = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float()
    with torch.no_grad():
        expected = model(inputs)
    assert expected.std(dim=0).min() > 0.1  # else nothing is compared
    faces = [face for (face,) in predictions(whole_image(images))]
    np.testing.assert_allclose(angles(faces), expected, atol=2e-3)


@pytest.mark.parametrize('batch_size', [2, 3, 10])
def test_batches_are_as_single_images(whole_image, crops, batch_size):
    images = crops(5)
    results = list(whole_image(images, batch_size=batch_size))
    sizes = [len(result['predictions']) for result in results]
    assert sizes == {2: [2, 2, 1], 3: [3, 2], 10: [5]}[batch_size]
    single = predictions(whole_image(images))
    for one, other in zip(predictions(results), single, strict=True):
        np.testing.assert_allclose(angles(one), angles(other), atol=2e-3)


def test_the_record(whole_image, crops):
    ((face,),) = predictions(whole_image(crops(1)[0]))
    assert face.keys() == RECORD.keys()
    for name, kind in RECORD.items():
        assert face[name] is None if kind is None else isinstance(face[name], kind)
    assert face['box'] == [0, 0, 63, 63] and face['crop_box'] == [0, 0, 64, 64]
    assert face['model'] == 'fsa_caps_1x1_p1' and len(face['weights_sha256']) == 64
    assert json.loads(json.dumps(face)) == face
    from scipy.spatial.transform import Rotation

    rotation = Rotation.from_euler(
        'XYZ', [-face['pitch'], face['yaw'], face['roll']], degrees=True
    )
    np.testing.assert_allclose(face['rotation_matrix'], rotation.as_matrix(), atol=1e-4)
    np.testing.assert_allclose(
        Rotation.from_quat(face['quaternion']).as_matrix(),
        face['rotation_matrix'],
        atol=1e-5,
    )


def test_data_samples(whole_image, crops):
    (result,) = whole_image(crops(1)[0], return_datasamples=True)
    ((sample,),) = result['predictions']
    assert isinstance(sample, HeadPoseDataSample)
    assert sample.pred_pose.shape == (3,) and sample.pred_pose.dtype == np.float32
    assert (sample.crop == crops(1)[0]).all()


@pytest.mark.parametrize('draw', ['axes', 'cube', 'landmarks', 'mesh', 'structure'])
def test_pictures(whole_image, tmp_path, image, draw):
    path = tmp_path / 'ä.png'
    path.write_bytes(cv2.imencode('.png', image)[1])
    (result,) = whole_image(
        path, return_vis=True, draw=draw, vis_out_dir=tmp_path / 'out'
    )
    (picture,) = result['visualization']
    written = np.fromfile(tmp_path / 'out' / 'ä.png', np.uint8)
    assert (cv2.imdecode(written, 1)[..., ::-1] == picture).all()
    assert draw == 'structure' or picture.shape == image.shape


def test_no_picture_replaces_another_or_its_source(whole_image, tmp_path, image):
    for name in ('a.png', 'other/a.png'):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(cv2.imencode('.png', image)[1])
    sources = [tmp_path / 'a.png', tmp_path / 'other/a.png', image]
    list(whole_image(sources, vis_out_dir=tmp_path))
    names = sorted(path.name for path in tmp_path.glob('*.*'))
    assert names == ['00000002.jpg', 'a.png', 'a_2.png', 'a_3.png']
    assert (cv2.imread(str(tmp_path / 'a.png')) == image).all()


def test_predictions_are_written(whole_image, tmp_path, image):
    results = list(whole_image([image] * 3, batch_size=2, pred_out_dir=tmp_path))
    lines = (tmp_path / 'predictions.jsonl').read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        face for faces in predictions(results) for face in faces
    ]


def test_a_video(whole_image, write_video, tmp_path):
    path = write_video(frames=10, fps=12.5)
    results = list(whole_image(path, batch_size=4, vis_out_dir=tmp_path / 'out'))
    faces = [face for (face,) in predictions(results)]
    assert [face['frame'] for face in faces] == list(range(10))
    assert [face['time'] for face in faces] == pytest.approx(np.arange(10) / 12.5)
    assert {face['track_id'] for face in faces} == {1}
    fps, frames = frames_of(tmp_path / 'out' / 'clip.mp4')
    assert fps == 12.5 and len(frames) == 10
    assert frames[0].shape == (64, 96, 3)


def test_pictures_of_several_sizes_in_one_video(whole_image, tmp_path, image):
    images = [image, image[:20], np.tile(image, (3, 1, 1))]
    list(whole_image(images, as_video=True, vis_out_dir=tmp_path))
    _, frames = frames_of(tmp_path / 'array.mp4')
    assert [frame.shape for frame in frames] == [(48, 60, 3)] * 3


def test_an_interrupted_video_is_whole_up_to_there(whole_image, write_video, tmp_path):
    results = whole_image(
        write_video(frames=30),
        vis_out_dir=tmp_path / 'out',
        pred_out_dir=tmp_path / 'out',
    )
    for _ in range(7):
        next(results)
    with pytest.raises(KeyboardInterrupt):
        results.throw(KeyboardInterrupt())
    assert len(frames_of(tmp_path / 'out' / 'clip.mp4')[1]) == 7
    lines = (tmp_path / 'out' / 'predictions.jsonl').read_text().splitlines()
    assert [json.loads(line)['frame'] for line in lines] == list(range(7))
    assert len(list((tmp_path / 'out').iterdir())) == 2


def test_smoothing_changes_videos_only(whole_image, crops):
    first, *others = crops(7)
    images = [cv2.addWeighted(first, 0.7, other, 0.3, 0) for other in others]  # no cuts
    raw = predictions(whole_image(images))
    assert angles(
        f[0] for f in predictions(whole_image(images, smooth=True))
    ) == angles(f[0] for f in raw)
    video = dict(as_video=True, smooth=True)
    smooth = np.array(angles(f[0] for f in predictions(whole_image(images, **video))))
    raw = np.array(angles(f[0] for f in raw))
    np.testing.assert_allclose(smooth[0], raw[0], atol=2e-3)
    change = np.abs(np.diff(raw, axis=0)).mean()
    assert np.abs(np.diff(smooth, axis=0)).mean() < 0.5 * change


class Known(BaseDetector):
    def __init__(self, kind):
        self.kind = kind

    def __call__(self, image):  # noqa: ARG002
        return Faces(np.array([[20, 15, 60, 65]]), self.kind)


@pytest.mark.parametrize(
    ('detector', 'asked', 'follows'),
    [
        (Known('landmarks68'), None, True),
        (Known('wider_face'), None, True),
        (Known('landmarks68'), False, False),
        (Known('of_a_user'), None, False),
        ('none', None, False),
    ],
)
def test_a_video_is_followed_where_the_boxes_are_of_faces(
    checkpoint, image, monkeypatch, detector, asked, follows
):
    seen = []

    class Seen(FaceFollower):
        def __init__(self, detector, detect_every, follow):
            seen.append(follow)
            super().__init__(detector, detect_every)

    monkeypatch.setattr('mmfsa.apis.inferencer.FaceFollower', Seen)
    inferencer = HeadPoseInferencer(MODEL, checkpoint, detector, device='cpu')
    # A kind that mmfsa does not know has no rule for the network's crop.
    method = inferencer.predictor.method
    monkeypatch.setattr(
        method, 'predict_batch', lambda *_: [Poses.from_euler([[0, 0, 0]])]
    )
    assert predictions(inferencer([image], as_video=True, follow=asked))[0]
    assert seen == [follows]


def test_the_rest_goes_on_where_something_can_not_be_read(
    whole_image, tmp_path, image, caplog
):
    (tmp_path / 'a.png').write_bytes(b'no image')
    (tmp_path / 'b.png').write_bytes(cv2.imencode('.png', image)[1])
    assert len(predictions(whole_image(tmp_path))) == 1
    reason = 'no image that OpenCV can read'
    assert whole_image.failures == [(str(tmp_path / 'a.png'), reason)]
    assert f'{tmp_path / "a.png"}: {reason}' in caplog.text
    list(whole_image(image))
    assert whole_image.failures == []


def test_nothing_could_be_read(whole_image):
    with pytest.raises(OSError, match=r'nothing could be read: nowhere\.png: No such'):
        list(whole_image('nowhere.png'))


@pytest.mark.parametrize('shape', [(1, 1), (1, 200), (64, 64, 4), (30, 20)])
def test_odd_images(whole_image, tmp_path, shape):
    image = np.zeros(shape, np.uint8)
    ((face,),) = predictions(whole_image(image, vis_out_dir=tmp_path))
    assert np.isfinite(angles([face])).all()


@pytest.mark.parametrize(
    ('arguments', 'error', 'message'),
    [
        (
            dict(),
            ValueError,
            'there are no weights of fsa_caps_1x1_p1: give its checkpoint',
        ),
        (dict(weights='nowhere.pth'), FileNotFoundError, r'no weights nowhere\.pth'),
        (
            dict(model='fsa-net'),
            ValueError,
            "no model 'fsa-net': .*`mmfsa models --all` lists",
        ),
        (dict(backend='tpu', weights=True), ValueError, "no backend 'tpu'"),
        (dict(model='ssrnet-md', weights=True), ValueError, 'not those of this model'),
        (dict(weights=True, license='free'), ValueError, "'free' chooses among the"),
    ],
)
def test_what_can_not_be_loaded(checkpoint, arguments, error, message):
    if arguments.get('weights') is True:
        arguments = {**arguments, 'weights': checkpoint}
    with pytest.raises(error, match=message):
        HeadPoseInferencer(**{'model': MODEL, 'detector': 'none', **arguments})


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (dict(batch_size=0), 'batch_size must be at least 1, got 0'),
        (dict(detect_every=0), 'detect_every must be at least 1, got 0'),
        (dict(draw='nose'), 'axes, cube, structure'),
        (dict(image_size=0), 'image_size must be at least 1, got 0'),
        (dict(image_size=64, depth=['d.png']), 'image_size reads smaller images'),
    ],
)
def test_values_that_do_not_exist(whole_image, image, arguments, message):
    with pytest.raises(ValueError, match=message):
        next(whole_image(image, **arguments))


def test_models_by_name_file_and_config(checkpoint, tmp_path):
    cfg, _ = find_model(MODEL)
    names = HeadPoseInferencer.list_models()
    assert 'fsa_caps_fusion_p1' in names and 'fsa_caps_fusion_p2' in names
    path = tmp_path / 'mine.py'
    cfg.dump(path)
    for model in ('fsa_caps_1x1_p1', str(path), cfg):
        inferencer = HeadPoseInferencer(model, checkpoint, 'none', device='cpu')
        assert isinstance(inferencer.predictor.method, CropMethod)
    assert INFERENCERS.get('HeadPoseInferencer') is HeadPoseInferencer


def test_ones_own_weights_need_none_of_mmfsas(checkpoint, monkeypatch):
    def verify(_):
        raise AssertionError('looked at')

    monkeypatch.setattr('mmfsa.zoo.PackagedWeights.verify', verify)
    HeadPoseInferencer(MODEL, checkpoint, detector='none', device='cpu')


def test_the_weights_say_of_which_model_they_are(checkpoint, whole_image, tmp_path):
    path = tmp_path / 'named.pth'
    content = load_checkpoint(checkpoint)
    save_checkpoint(dict(content, meta=dict(config='fsa_caps_1x1_p1.py')), path)
    inferencer = HeadPoseInferencer(weights=path, detector='none', device='cpu')
    assert inferencer.predictor.method.name == whole_image.predictor.method.name
    with pytest.raises(ValueError, match=r'random\.pth does not say of which model'):
        HeadPoseInferencer(weights=checkpoint, detector='none')
    with pytest.raises(FileNotFoundError, match=r'no weights nowhere\.pth'):
        HeadPoseInferencer(weights='nowhere.pth', detector='none')


def test_onnx(checkpoint, whole_image, crops, tmp_path):
    pytest.importorskip('onnxruntime')
    pytest.importorskip('onnxscript')
    image = crops(1)[0]
    inferencer = HeadPoseInferencer(MODEL, checkpoint, 'none', backend='onnxruntime')
    expected = [faces[0] for faces in predictions(whole_image(image))]
    result = [faces[0] for faces in predictions(inferencer(image))]
    np.testing.assert_allclose(angles(result), angles(expected), atol=2e-3)
    assert result[0]['weights_sha256'] == expected[0]['weights_sha256']


def test_flip_test(checkpoint, whole_image, crops, tmp_path):
    images = crops(3)
    mirrored = [np.ascontiguousarray(image[:, ::-1]) for image in images]
    inferencer = HeadPoseInferencer(MODEL, checkpoint, 'none', flip_test=True)
    seen, in_mirror, both = (
        np.array([angles(faces)[0] for faces in predictions(results)])
        for results in (whole_image(images), whole_image(mirrored), inferencer(images))
    )
    np.testing.assert_allclose(both, (seen + in_mirror * [-1, 1, -1]) / 2, atol=2e-3)

    pytest.importorskip('onnxscript')
    cfg, _ = find_model(MODEL)
    model = MODELS.build(cfg.model)
    load_weights(model, checkpoint)
    path = tmp_path / 'once.onnx'
    export_onnx(model, path, ModelCard.of(model, MODEL, checkpoint))
    with pytest.raises(
        ValueError, match=r'once\.onnx was exported without the flip test'
    ):
        HeadPoseInferencer(MODEL, path, 'none', flip_test=True)


def test_finds_and_estimates_the_faces_of_a_photo(inferencer, shared):
    (faces,) = predictions(inferencer(shared / 'data/faces/two_people.jpg'))
    faces = sorted(faces, key=lambda face: face['box'][0])
    # Both turn to the image's right; the left man looks up, the right one down.
    assert [np.sign(a).tolist() for a in angles(faces)] == [[-1, 1, 1], [-1, -1, 1]]
    assert all(len(face['landmarks']) == 5 for face in faces)


@pytest.mark.parametrize(
    ('number', 'label'),  # yaw, pitch, roll
    [
        (2540, (77, 2, 10)),
        (4363, (-81, -13, 10)),
        (854, (3, 30, -5)),
        (1973, (4, -32, -4)),
        (585, (10, -6, 38)),
        (3831, (-11, -14, -35)),
    ],
)
def test_signs_of_large_angles(inferencer, shared, number, label):
    path = shared / f'data/AFLW2000/image{number:05}.jpg'
    (faces,) = predictions(inferencer(path))
    np.testing.assert_allclose(angles(faces[:1])[0], label, atol=20)


@pytest.mark.parametrize('workers', [1, 2])
def test_a_photo_that_is_read_smaller(inferencer, shared, tmp_path, workers):
    """Faces and pictures are in the file's pixels; poses are nearly the same."""
    face = cv2.imread(str(shared / 'data/faces/obama.jpg'))
    paths = [tmp_path / f'{number}.jpg' for number in range(2)]
    for path in paths:
        path.write_bytes(cv2.imencode('.jpg', cv2.resize(face, (1800, 1200)))[1])
    whole, small = (
        predictions(
            inferencer(paths, image_size=size, vis_out_dir=out, workers=workers)
        )
        for size, out in ((None, None), (450, tmp_path / 'out'))
    )
    for one, other in zip(chain(*whole), chain(*small), strict=True):
        np.testing.assert_allclose(other['box'], one['box'], atol=25)
        np.testing.assert_allclose(other['landmarks'], one['landmarks'], atol=25)
        np.testing.assert_allclose(other['crop_box'], one['crop_box'], atol=25)
        assert all(number % 4 == 0 for number in other['crop_box'])
        np.testing.assert_allclose(angles([other]), angles([one]), atol=3)
    assert cv2.imread(str(tmp_path / 'out' / '0.jpg')).shape == (1200, 1800, 3)


@pytest.mark.slow
def test_a_large_image(inferencer, shared, tmp_path):
    """100 megapixels: found, drawn and written."""
    face = cv2.imread(str(shared / 'data/faces/obama.jpg'))
    image = np.tile(cv2.resize(face, (5000, 5000)), (2, 2, 1))
    path = tmp_path / 'large.jpg'
    path.write_bytes(cv2.imencode('.jpg', image)[1])
    (faces,) = predictions(inferencer(path, vis_out_dir=tmp_path / 'out'))
    assert len(faces) == 4
    assert cv2.imread(str(tmp_path / 'out' / 'large.jpg')).shape == (10_000, 10_000, 3)


@pytest.mark.slow
def test_the_clip(inferencer, shared, tmp_path):
    """Numbers stay within a shot, and smoothing halves the jitter at rest."""
    clip = shared / 'data/faces/short_hamilton_clip.mp4'
    raw, smooth = (
        predictions(inferencer(clip, smooth=smooth, vis_out_dir=tmp_path))
        for smooth in (False, True)
    )
    assert len(raw) == 275 and inferencer.failures == []
    for path in tmp_path.iterdir():
        assert len(frames_of(path)[1]) == 275

    def tracks(frames):
        found = defaultdict(list)
        for face in chain.from_iterable(frames):
            found[face['track_id']].append([face['time'], *angles([face])[0]])
        return {number: np.array(rows) for number, rows in found.items()}

    raw, smooth = tracks(raw), tracks(smooth)
    shots = [(0, 20), (82, 211), (211, 275)]  # where the faces are plain to see
    for start, end in shots:
        times = np.array([start, end - 1]) / 29.97
        whole = [
            rows
            for rows in raw.values()
            if np.allclose(rows[[0, -1], 0], times, atol=0.02)
            and len(rows) == end - start
        ]
        assert len(whole) == {0: 2, 82: 1, 211: 5}[start]
    jitter = [
        measure_stability(rows[:, 0], rows[:, 1:], smooth[number][:, 1:])
        for number, rows in raw.items()
        if len(rows) > 60
    ]
    assert len(jitter) >= 6
    before = np.mean([j.jitter for j in jitter])
    assert np.mean([j.smoothed_jitter for j in jitter]) < 0.5 * before
