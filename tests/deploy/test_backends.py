import dataclasses
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
import pytest
import torch
from mmengine.dataset import pseudo_collate

from mmfsa.deploy import build_backend, export_onnx
from mmfsa.deploy.backends import backends_of
from mmfsa.deploy.estimator import BackendEstimator
from mmfsa.deploy.parity import deviation, reference_poses
from mmfsa.structures import HeadPoseDataSample, pose_to_matrix


@pytest.fixture(scope='session')
def openvino():
    return pytest.importorskip('openvino', reason='OpenVINO is not installed')


@pytest.fixture
def foreign(tmp_path):
    """An ONNX file that mmfsa did not write."""
    images, pose = (
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ['n', 3])
        for name in ('images', 'pose')
    )
    node = onnx.helper.make_node('Relu', ['images'], ['pose'])
    graph = onnx.helper.make_graph([node], 'foreign', [images], [pose])
    opset = onnx.helper.make_opsetid('', 17)
    model = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=8)
    onnx.save(model, tmp_path / 'foreign.onnx')
    return tmp_path / 'foreign.onnx'


def test_torch_takes_and_gives_either_kind(random_model, crops):
    model = random_model('fsa_caps_1x1_p1')
    reference = reference_poses(model, crops)
    backend = build_backend('torch', model)
    assert deviation(backend.estimate(crops), reference)['max'] < 1e-3
    images = torch.from_numpy(crops).permute(0, 3, 1, 2)
    for given in (images, images.float()):
        pose = backend({'images': given})['pose']
        assert isinstance(pose, torch.Tensor)
        assert deviation(pose.numpy(), reference)['max'] < 1e-3
    with pytest.raises(ValueError, match=r"precision must be one of .*'bf16'.*fp8"):
        build_backend('torch', model, precision='fp8')
    with pytest.raises(ValueError, match='torch does not run on the device abacus'):
        build_backend('torch', model, device='abacus')


def test_images_between_0_and_1_are_refused(random_model, crops):
    """They would be taken for black ones, and get a pose like any."""
    backend = build_backend('torch', random_model('fsa_caps_1x1_p1'))
    for wrong in (crops / 255, crops.astype(np.float32), crops[0], crops[..., :1]):
        with pytest.raises(
            ValueError, match=r'crops are .N, height, width, 3. BGR uint8'
        ):
            backend.estimate(wrong)
    images = np.ascontiguousarray(crops.transpose(0, 3, 1, 2) / np.float32(255))
    with pytest.raises(
        ValueError, match=r'images go from 0 to 255; these end at 0\.99'
    ):
        backend(dict(images=images))


@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino', 'opencv'])
@pytest.mark.parametrize('name', [b'm\xff.onnx', 'é.onnx'.encode()])
def test_a_file_of_any_name(backend, name, model_file, crops, tmp_path, request):
    """Native code takes a name as UTF-8, and some of it crashes where it is none."""
    if backend == 'openvino':
        request.getfixturevalue('openvino')
    path = model_file('fsa_caps_1x1_p1')[2]
    copy = tmp_path / os.fsdecode(name)
    copy.write_bytes(path.read_bytes())
    expected, found = (
        build_backend(backend, p).estimate(crops[:2]) for p in (path, copy)
    )
    np.testing.assert_array_equal(found, expected)


@pytest.mark.slow
def test_torch_compile(random_model, crops):
    model = random_model('fsa_caps_1x1_p1')
    poses = build_backend('torch-compile', model).estimate(crops)
    assert deviation(poses, reference_poses(model, crops))['max'] < 1e-3


@pytest.mark.slow
def test_torch_compile_takes_any_number_of_faces(random_model, crops):
    """More batch sizes than torch compiles graphs of one function."""
    model = random_model('fsa_caps_1x1_p1')
    backend = build_backend('torch-compile', model)
    reference = reference_poses(model, crops)
    for num in range(1, 11):
        poses = backend.estimate(crops[:num])
        assert len(poses) == num
        assert deviation(poses, reference[:num])['max'] < 1e-3


def test_torch_in_bfloat16_is_not_float32(random_model, crops):
    model = random_model('fsa_caps_wo_p1')
    poses = build_backend('torch', model, precision='bf16').estimate(crops)
    measured = deviation(poses, reference_poses(model, crops))
    assert 1e-3 < measured['max'] < 10


def test_onnxruntime_takes_and_gives_either_kind(model_file, crops):
    model, _, path = model_file('fsa_caps_1x1_p1')
    backend = build_backend('onnxruntime', path, threads=1)
    images = torch.from_numpy(crops).permute(0, 3, 1, 2).float()
    pose = backend({'images': images})['pose']
    assert isinstance(pose, torch.Tensor)
    assert deviation(pose.numpy(), reference_poses(model, crops))['max'] < 1e-3


def test_onnxruntime_runs_a_batch_in_parts_that_fit_the_cache(caps, crops):
    backend = build_backend('onnxruntime', caps, threads=1)
    sizes = []

    class Session:
        def run(self, names, inputs):
            sizes.append(len(inputs['images']))
            return session.run(names, inputs)

    session, backend.session = backend.session, Session()
    backend.estimate(crops[:9])
    assert sizes == [4, 4, 1]


@pytest.mark.parametrize('name', ['fsa_caps_1x1_p1', 'fsa_vlad_var_p1', 'ssrnet_md_p1'])
@pytest.mark.usefixtures('openvino')
def test_openvino(name, model_file, crops):
    model, _, path = model_file(name)
    backend = build_backend('openvino', path, threads=1)
    reference = reference_poses(model, crops)
    for num in (1, 3, 64):
        poses = backend.estimate(crops[:num])
        assert deviation(poses, reference[:num])['max'] < 1e-3
    first = backend.estimate(crops[:1])
    before = first.copy()
    backend.estimate(crops[1:2])
    assert (first == before).all(), 'the next call overwrote the outputs'


@pytest.mark.usefixtures('openvino')
def test_openvino_compiles_for_few_batch_sizes(model_file, crops):
    model, _, path = model_file('fsa_caps_1x1_p1')
    backend = build_backend('openvino', path, threads=2)
    assert backend.requests.keys() == {1}
    reference = reference_poses(model, crops)
    for num in (7, 5, 23):  # 23 = 8 + 8 + 4 + 2 + 1
        poses = backend.estimate(crops[:num])
        assert deviation(poses, reference[:num])['max'] < 1e-3
    assert backend.requests.keys() == {1, 2, 4, 8}


@pytest.mark.usefixtures('openvino')
def test_openvino_serves_several_threads(caps, crops):
    backend = build_backend('openvino', caps, threads=1)
    expected = np.concatenate([backend.estimate(crops[i : i + 1]) for i in range(8)])
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(backend.estimate, crops[i % 8][None]) for i in range(200)]
        for i, call in enumerate(calls):
            np.testing.assert_array_equal(call.result()[0], expected[i % 8])


@pytest.mark.usefixtures('openvino')
def test_openvino_takes_other_inputs_and_gives_rotations(model_file, crops, tmp_path):
    model, card, _ = model_file('fsa_caps_1x1_p1')
    card = dataclasses.replace(card, layout='NHWC', dtype='uint8')
    path = tmp_path / 'bytes.onnx'
    export_onnx(model, path, card, rotation=True)
    outputs = build_backend('openvino', path, threads=1)({'images': crops[:7]})
    reference = reference_poses(model, crops[:7])
    assert deviation(outputs['pose'], reference)['max'] < 1e-3
    np.testing.assert_allclose(
        outputs['rotation'], pose_to_matrix(reference), atol=1e-4
    )


def test_wrong_inputs(caps, crops):
    backend = build_backend('onnxruntime', caps)
    with pytest.raises(ValueError, match="no 'images'"):
        backend({'image': crops})
    with pytest.raises(ValueError, match='at least one image'):
        backend.estimate(crops[:0])
    with pytest.raises(
        ValueError, match=r'float32 \(N, 3, 64, 64\).*uint8 \(64, 64, 6'
    ):
        backend({'images': crops})
    with pytest.raises(ValueError, match=r'got float32 \(64, 3, 32, 32\)'):
        backend.estimate(crops[:, ::2, ::2])


def test_files_that_are_not_ours(foreign, tmp_path):
    broken = tmp_path / 'broken.onnx'
    broken.write_bytes(foreign.read_bytes()[:20])
    empty = tmp_path / 'empty.onnx'
    empty.touch()
    for name in ('onnxruntime', 'openvino', 'opencv'):
        if name == 'openvino':
            pytest.importorskip('openvino', reason='OpenVINO is not installed')
        with pytest.raises(
            ValueError, match=r'foreign\.onnx was not exported by mmfsa'
        ):
            build_backend(name, foreign)
        for path in (broken, empty):
            with pytest.raises(ValueError, match=rf'{path.name} is damaged or no ONNX'):
                build_backend(name, path)
        with pytest.raises(FileNotFoundError, match=r'no model .*none\.onnx'):
            build_backend(name, tmp_path / 'none.onnx')


def test_backends_that_are_not_there(caps, monkeypatch):
    with pytest.raises(ValueError, match="no backend 'trt': torch, torch-compile, onn"):
        build_backend('trt', caps)
    with pytest.raises(ValueError, match=r"device must be one of \['cpu'.*got 'gpu'"):
        build_backend('onnxruntime', caps, device='gpu')
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match='no CUDAExecutionProvider here'):
            build_backend('onnxruntime', caps, device='cuda')
    monkeypatch.setitem(__import__('sys').modules, 'openvino', None)
    with pytest.raises(
        ImportError, match=r"openvino .*pip install 'mmfsa\[openvino\]'"
    ):
        build_backend('openvino', caps)


def test_what_runs_a_file(caps, tmp_path):
    assert backends_of(caps) == ['onnxruntime', 'openvino', 'opencv']
    with pytest.raises(FileNotFoundError, match=r'no .*model\.engine: `mmfsa engine`'):
        backends_of(tmp_path / 'model.engine')


def test_a_backend_in_the_place_of_a_model(model_file, crops):
    model, card, path = model_file('fsa_caps_1x1_p1')
    estimator = BackendEstimator(build_backend('onnxruntime', path), card.inputs)
    batch = pseudo_collate(
        [
            dict(
                inputs=torch.from_numpy(crop).permute(2, 0, 1),
                data_samples=HeadPoseDataSample(),
            )
            for crop in crops[:5]
        ]
    )
    samples = estimator.test_step(batch)
    poses = torch.stack([sample.pred_pose for sample in samples]).numpy()
    assert deviation(poses, reference_poses(model, crops[:5]))['max'] < 1e-3
    with pytest.raises(NotImplementedError, match='not trained'):
        estimator.loss(None, [])
