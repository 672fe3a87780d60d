"""Every reader of files, with a small good file for it to read.

A reader is a function of a path. It reads all that mmfsa reads of such a file, and takes
the numbers into use as far as that is quick.
"""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch
from PIL import Image

from mmfsa.datasets import HeadPoseDataset
from mmfsa.datasets.converters import aflw, aflw2000, biwi
from mmfsa.datasets.converters.engine import _Attempt
from mmfsa.datasets.index import read_index
from mmfsa.datasets.split import select
from mmfsa.deploy.backends.onnxruntime_backend import OnnxRuntimeBackend
from mmfsa.deploy.backends.opencv_backend import OpenCVBackend
from mmfsa.deploy.card import ModelCard
from mmfsa.deploy.engine import read_sidecar, sidecar_path
from mmfsa.detection.wheel_file import mediapipe_file
from mmfsa.engine import load_weights, save_checkpoint
from mmfsa.evaluation.comparison import write_comparison
from mmfsa.evaluation.error_analysis import poses
from mmfsa.evaluation.reproduction import read_reproduction
from mmfsa.evaluation.results import read_results
from mmfsa.evaluation.training_log import curve, read_records
from mmfsa.inputs import InputSpec
from mmfsa.landmarks import HeadPoints
from mmfsa.methods.loading import experiment_of
from mmfsa.models.fanelli import Forest
from mmfsa.registry import MODELS
from mmfsa.sources import open_streams
from mmfsa.structures import Camera
from mmfsa.utils.configs import build_part, load_config
from mmfsa.utils.depth import read_depth, write_depth
from mmfsa.utils.images import read_image, read_photo
from mmfsa.utils.tflite import tflite_to_onnx
from mmfsa.zoo.convert import CONVERTERS
from mmfsa.zoo.foreign import read_tensors


class Reader(NamedTuple):
    """A kind of file.

    Attributes:
        file: The file's name, in a folder of its own.
        kind: How it is damaged, see :func:`mutations.damaged`.
        write: Writes a good one.
        read: Reads it.
    """

    file: str
    kind: str
    write: Callable[[Path], object]
    read: Callable[[Path], object]


NOISE = np.random.default_rng(0).integers(0, 256, (9, 12, 3), np.uint8)
SMOOTH = cv2.resize(NOISE, (96, 64))


def write_json(content: object) -> Callable[[Path], object]:
    return lambda path: path.write_text(json.dumps(content))


def write_picture(path: Path) -> None:
    path.write_bytes(cv2.imencode(path.suffix, SMOOTH)[1])


def write_video(path: Path) -> None:
    codec = cv2.VideoWriter_fourcc(*('MJPG' if path.suffix == '.avi' else 'mp4v'))
    writer = cv2.VideoWriter(str(path), codec, 25, (96, 64))
    for _ in range(4):
        writer.write(SMOOTH)
    writer.release()


def read_video(path: Path) -> None:
    (stream,) = open_streams([str(path)])
    assert all(frame.image.dtype == np.uint8 for frame in stream)
    if stream.problems:
        ((_, reason), *_) = stream.problems
        raise ValueError(f'{path}: {reason}')


INDEX = dict(
    metainfo=dict(dataset='Tiny', img_root='.', num_found=2, box_source='drawn'),
    data_list=[
        dict(
            img_path='a.png',
            face_box=[5, 4, 60, 50],
            boxes=dict(landmarks68=[5, 4, 60, 50]),
            yaw=10.5,
            pitch=-3,
            roll=1,
            sequence='01',
            frame=1,
            weight=[1, 0.5, 1],
            landmarks=[[1.5, 2], [3, 4], [9, 8]],
            camera=dict(fx=500, fy=500, cx=48, cy=32),
        ),
        dict(
            img_path='b.png',
            face_box=[5, 4, 60, 50],
            rotation=np.eye(3).tolist(),
            depth_path='b.bin',
            time=0.5,
        ),
    ],
)


def read_data_set(path: Path) -> None:
    _, entries = read_index(path)
    assert np.isfinite([entry['pose'] for entry in entries]).all()
    data = HeadPoseDataset(
        str(path), filter_cfg=dict(max_angle=99), serialize_data=False
    )
    assert len(data) == data.metainfo['num_kept']


def write_arrays(path: Path) -> None:
    np.savez_compressed(path, image=SMOOTH[None].repeat(2, 0), pose=np.zeros((2, 3)))


def read_arrays(path: Path) -> None:
    data = HeadPoseDataset(str(path), serialize_data=False)
    assert data[0]['img'].dtype == np.uint8


def read_split(path: Path) -> None:
    entries = [dict(sequence=f'{i:02d}') for i in range(3)]
    select(entries, 'train', file=str(path), allow_partial=True)


SPLIT = dict(by='sequence', parts=dict(train=['00', '01'], test=['02']))
FACE = dict(img_path='a.png', img_id=0, gt=[1.0, 2, 3], pred=[2.0, 2, 3])
ERRORS = {'head_pose/yaw': 4.9, 'head_pose/pitch': 5.5, 'head_pose/MAE': 4.9}
RESULTS = dict(
    metrics=ERRORS,
    protocol=dict(dataset='AFLW2000', num_kept=2, num_expected=1969, max_angle=99),
    table=dict(all=dict(num=2, yaw=4.9, MAE=4.9)),
    config='fsa_caps_1x1_p1.py',
    checkpoint=dict(sha256='0' * 64),
    predictions=[FACE, FACE | dict(pred=None)],
)


def read_scores(path: Path) -> None:
    results = read_results([path])
    write_comparison(results)
    for result in filter(lambda result: result.predictions, results):
        assert all(np.isfinite(part).all() for part in poses(result))


REPRODUCTION = dict(key=dict(num=2, xyz=dict(MAE=5.1), as_published=dict(MAE=5.0)))


def write_log(path: Path) -> None:
    records = [
        dict(step=i, epoch=1 + i // 2, lr=0.1, loss=1 / (i + 1)) for i in range(4)
    ]
    path.write_text(''.join(json.dumps(record) + '\n' for record in records))


def read_log(path: Path) -> None:
    curve(read_records(path), 'loss')


class Tiny(torch.nn.Linear):
    """A model with what a checkpoint's meta can change."""

    inputs = InputSpec()

    def __init__(self) -> None:
        super().__init__(3, 2)

    def set_inputs(self, spec: InputSpec) -> None:
        assert isinstance(spec, InputSpec)


def write_checkpoint(path: Path) -> None:
    meta = dict(config='fsa_caps_1x1_p1.py', inputs=InputSpec().to_dict())
    save_checkpoint(dict(state_dict=Tiny().state_dict(), meta=meta), path)


def read_checkpoint(path: Path) -> None:
    experiment_of(path)
    model = Tiny()
    load_weights(model, path)
    assert all(value.isfinite().all() for value in model.state_dict().values())


CARD = ModelCard('fsa_caps_1x1_p1', '0' * 64, 'NCHW', 'float32', InputSpec(size=(8, 8)))


def write_onnx(path: Path) -> None:
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    weights = np.random.default_rng(0).normal(size=(192, 3)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node('Flatten', ['images'], ['flat']),
            helper.make_node('MatMul', ['flat', 'w'], ['pose']),
        ],
        'tiny',
        [helper.make_tensor_value_info('images', TensorProto.FLOAT, ['n', 3, 8, 8])],
        [helper.make_tensor_value_info('pose', TensorProto.FLOAT, ['n', 3])],
        [numpy_helper.from_array(weights, 'w')],
    )
    opset = [helper.make_opsetid('', 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    helper.set_model_props(model, CARD.to_metadata())
    onnx.save(model, path)


def read_onnx(path: Path) -> None:
    ModelCard.read(path)
    OnnxRuntimeBackend(path, threads=1).estimate(np.zeros((1, 8, 8, 3), np.uint8))


SIDECAR = dict(
    card=CARD.to_dict(),
    onnx='a.onnx',
    onnx_sha256='0' * 64,
    package='tensorrt',
    version='10.1',
    gpu='H200',
    targets=[],
    profile=[1, 8, 16],
    engine_sha256='0' * 64,
)


def read_engine(path: Path) -> None:
    engine = path.with_suffix('')
    engine.touch()
    assert sidecar_path(engine) == path
    ModelCard.from_dict(read_sidecar(engine)['card'], path)


def write_mat(path: Path) -> None:
    from scipy.io import savemat

    points = np.random.default_rng(0).uniform(10, 60, (2, 68))
    write_picture(path.with_suffix('.png'))
    pose = np.array([[0.1, 0.2, 0.3, 1, 2, 3, 1]])
    savemat(
        path, dict(Pose_Para=pose, pt2d=points, pt3d_68=np.vstack([points, points[:1]]))
    )


def read_mat(path: Path) -> None:
    check_entry(_Attempt(aflw2000_reader)((path.with_suffix('.png').name, path.parent)))


def aflw2000_reader(item: tuple[str, Path]) -> dict:
    return aflw2000.read(item[0], src=item[1])


def check_entry(entry: dict) -> None:
    """A converter's answer: dropped with a reason, or numbers that JSON can hold."""
    assert entry.get('dropped', '-')
    json.dumps(entry, allow_nan=False)


POSE = '0.9 0 0.4\n0 1 0\n-0.4 0 0.9\n\n10 20 900\n'


def write_biwi_pose(path: Path) -> None:
    (path.parent / '01').mkdir(exist_ok=True)
    write_picture(path.parent / '01/frame_00003_rgb.png')
    turn = cv2.Rodrigues(np.array([0.1, 0.2, 0.3]))[0]
    np.savetxt(path, np.vstack([turn, [[10, 20, 900]]]))


def read_biwi_pose(path: Path) -> None:
    image = '01/frame_00003_rgb.png'
    pose = path.parent / '01/frame_00003_pose.txt'
    pose.write_bytes(path.read_bytes())
    reader = _Attempt(
        lambda item: biwi.read(item, src=path.parent, detector=None, rgb_cal=False)
    )
    check_entry(reader((image, None, None)))


def write_annotations(path: Path) -> None:
    row = 'kinect_head_pose_db/01/frame_0000{}_rgb.png;1;2;90;80;10.5;-3;1;\n'
    path.write_text('# a comment\n' + row.format(3) + row.format(4))


def write_labels(path: Path) -> None:
    path.write_text(
        'filename,yaw,pitch,roll,fit_rms,n_visible_points\na.png,1,2,3,0.5,20\n'
        'b.png,10,-2,3,0.7,21\n'
    )


def read_labels(path: Path) -> None:
    write_picture(path.parent / 'a.png')
    items, dropped = aflw.read_labels(path)
    median = aflw.median_rms(items.values())
    for item in items.values():
        reader = _Attempt(lambda row: aflw.read(row, path.parent, None, median))
        check_entry(reader(item))
    assert all(dropped.values())


CONFIG = """\
_base_ = 'mmfsa::fsa_caps_1x1_p1.py'
model = dict(inputs=dict(size=(64, 64)))
train_cfg = dict(max_epochs=3)
"""
PLAIN_CONFIG = dict(
    model=dict(
        type='mmfsa.HeadPoseEstimator',
        inputs=dict(size=64, crop=dict(pad=0.2)),
        backbone=dict(type='mmfsa.MobileNetV2'),
        head=dict(type='mmfsa.AngleHead', in_features=1280),
        loss=dict(type='mmfsa.L1Loss'),
    )
)


def read_config(path: Path) -> None:
    cfg = load_config(path)
    if path.suffix != '.py' and 'model' in cfg:
        build_part(cfg, 'model', MODELS)


def write_keras(path: Path) -> None:
    import h5py

    with h5py.File(path, 'w') as file:
        file.attrs['layer_names'] = [b'conv2d_1', b'dense']
        for layer in ('conv2d_1', 'dense'):
            group = file.create_group(layer)
            group.attrs['weight_names'] = [f'{layer}/kernel:0'.encode()]
            group.create_dataset(f'{layer}/kernel:0', data=np.ones((3, 3, 4)))


def write_foreign_torch(path: Path) -> None:
    torch.save({'module.fc_yaw.weight': torch.ones(66, 8)}, path)


def write_foreign_arrays(path: Path) -> None:
    np.savez(path, a=np.ones((3, 4), np.float32), b=np.zeros(3))


def write_tensorflow_js(path: Path) -> None:
    weights = [dict(name='a/filters', shape=[2, 3], dtype='float32')]
    weights += [
        dict(
            name='b',
            shape=[4],
            dtype='float32',
            quantization=dict(dtype='uint8', scale=0.1, min=-1),
        )
    ]
    path.write_text(json.dumps([dict(paths=['tiny-shard1'], weights=weights)]))


def read_tensorflow_js(path: Path) -> None:
    shard = path.with_name('tiny-shard1')
    shard.write_bytes(b'\0' * 28)
    read_foreign(shard)


def read_foreign(path: Path) -> None:
    tensors = read_tensors(path)
    assert not any(converter.recognises(tensors) for converter in CONVERTERS)


def write_points(path: Path) -> None:
    np.savetxt(path, np.random.default_rng(0).normal(size=(68, 3)), delimiter=',')


def read_points(path: Path) -> None:
    assert np.isfinite(HeadPoints(path).xyz).all()


def write_zip(path: Path) -> None:
    write_picture(path.with_name('a.png'))
    with zipfile.ZipFile(path, 'w') as archive:
        archive.write(path.with_name('a.png'), 'flickr/a.png')


def read_zip(path: Path) -> None:
    write_labels(path.with_name('labels.csv'))
    (path.parent / 'out').mkdir(exist_ok=True)
    row = dict(filename='a.png', yaw='1', pitch='2', roll='3')
    images = path.parent / 'out'
    (images / 'a.png').unlink(missing_ok=True)
    aflw.open_archive.cache_clear()
    check_entry(_Attempt(lambda item: aflw.read(item, images, path, 1.0))(row))


def write_tree(path: Path) -> None:
    leaf = '1 0 1 1.0 200 1 2 3 10 20 30\n'
    test = '0 1 0 500 0 1 2 10 10 5 5 20 20\n'
    path.write_text(f'80 80\n{test}{leaf}{leaf}')


def read_forest(path: Path) -> None:
    forest = Forest.read(path.parent)
    assert np.isfinite(forest.leaves).all()
    assert (forest.boxes >= 0).all()


def write_depth_map(path: Path) -> None:
    write_depth(np.arange(600, 900).reshape(15, 20), path)


def write_depth_runs(path: Path) -> None:
    """BIWI's: empty pixels, measured ones, and so on."""
    run = np.arange(800, 850, dtype='<i2').tobytes()
    parts = [np.array(pair, '<i4').tobytes() for pair in ((20, 15), (100, 50))]
    path.write_bytes(parts[0] + 2 * (parts[1] + run))


def read_depth_map(path: Path) -> None:
    assert read_depth(path).dtype == np.uint16


def write_photo(path: Path) -> None:
    """A photo that lies on its side, and knows its lens."""
    picture = Image.fromarray(SMOOTH)
    exif = picture.getexif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0xA405] = 30
    picture.save(path, exif=exif)


def read_lens(path: Path) -> None:
    for longest in (None, 16):
        image, exif, _ = read_photo(path, longest)
        focal = exif.focal(image.shape[1::-1])
        assert focal is None or 0 < focal < np.inf


def write_tflite(path: Path) -> None:
    path.write_bytes(mediapipe_file('face_detection_short_range.tflite').read_bytes())


def write_array(path: Path) -> None:
    np.save(path, np.random.default_rng(0).normal(size=(68, 3)))


def read_opencv(path: Path) -> None:
    OpenCVBackend(path).estimate(np.zeros((1, 8, 8, 3), np.uint8))


CAMERA = dict(fx=500, fy=500.5, cx=319.5, cy=239.5, width=640, height=480)
READERS = [
    *(
        Reader(f'a{suffix}', 'binary', write_picture, read_image)
        for suffix in ('.png', '.jpg', '.webp', '.bmp', '.tiff', '.ppm')
    ),
    Reader('a.avi', 'binary', write_video, read_video),
    Reader('a.mp4', 'binary', write_video, read_video),
    Reader('index.json', 'json', write_json(INDEX), read_data_set),
    Reader('a.npz', 'binary', write_arrays, read_arrays),
    Reader('split.json', 'json', write_json(SPLIT), read_split),
    Reader('split.yaml', 'text', write_json(SPLIT), read_split),
    Reader('results.json', 'json', write_json(RESULTS), read_scores),
    Reader('measured.json', 'json', write_json(REPRODUCTION), read_reproduction),
    Reader('scalars.json', 'text', write_log, read_log),
    Reader('camera.json', 'json', write_json(CAMERA), Camera.from_file),
    Reader('points.csv', 'text', write_points, read_points),
    Reader('points.npy', 'binary', write_array, read_points),
    Reader('a.tree', 'text', write_tree, read_forest),
    Reader('depth.png', 'binary', write_depth_map, read_depth_map),
    Reader('frame_00003_depth.bin', 'binary', write_depth_runs, read_depth_map),
    Reader('photo.jpg', 'binary', write_photo, read_lens),
    Reader('a.tflite', 'binary', write_tflite, tflite_to_onnx),
    Reader('a.pth', 'binary', write_checkpoint, read_checkpoint),
    Reader('a.onnx', 'binary', write_onnx, read_onnx),
    Reader('a.engine.json', 'json', write_json(SIDECAR), read_engine),
    Reader('a.mat', 'binary', write_mat, read_mat),
    Reader('pose.txt', 'text', write_biwi_pose, read_biwi_pose),
    Reader('ann.txt', 'text', write_annotations, biwi.read_annotations),
    Reader(
        'boxes.json',
        'json',
        write_json({'01/a.png': [[1, 2, 9, 9, 0.5]]}),
        biwi.read_boxes,
    ),
    Reader('labels.csv', 'text', write_labels, read_labels),
    Reader('images.zip', 'binary', write_zip, read_zip),
    Reader('config.py', 'text', lambda path: path.write_text(CONFIG), read_config),
    Reader('config.json', 'json', write_json(PLAIN_CONFIG), read_config),
    Reader('config.yaml', 'text', write_json(PLAIN_CONFIG), read_config),
    Reader('a.h5', 'binary', write_keras, read_foreign),
    Reader('foreign.pkl', 'binary', write_foreign_torch, read_foreign),
    Reader('foreign.npz', 'binary', write_foreign_arrays, read_foreign),
    Reader('foreign.onnx', 'binary', write_onnx, read_foreign),
    Reader(
        'tiny-weights_manifest.json', 'json', write_tensorflow_js, read_tensorflow_js
    ),
]
