import json
from dataclasses import replace

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from mmfsa.deploy import ModelCard, build_backend, export, export_onnx
from mmfsa.deploy.deployed_model import DeployedModel
from mmfsa.deploy.parity import deviation, failures, reference_poses
from mmfsa.structures import pose_to_matrix
from mmfsa.zoo import (
    config_dir,
    experiments,
    experiments_with_a_network,
    get_config,
    network_of,
)

VARIANTS = sorted(path.stem for path in config_dir().glob('*_p1.py'))
# The second protocol has the same models, and another crop.
OTHERS = sorted({path.stem for path in config_dir().glob('*.py')} - {*VARIANTS})
# One experiment of each network of the other methods.
# Those of 8 bits round differently on every backend: tests/models/opnet has their test.
METHODS = sorted(
    {
        network_of(name): name
        for name in experiments_with_a_network()
        if experiments()[name].parent.name not in (config_dir().name, 'recipes')
        and not name.endswith('_int8')
    }.values()
)
NUM_NODES = {'fsa_caps_1x1_p1': 121, 'fsa_caps_wo_p1': 103}


@pytest.mark.parametrize('name', VARIANTS)
def test_onnxruntime_computes_what_torch_computes(name, model_file, crops):
    model, _, path = model_file(name)
    backend = build_backend('onnxruntime', path)
    reference = reference_poses(model, crops)
    for num in (1, 3, 64):
        poses = backend.estimate(crops[:num])
        assert poses.shape == (num, 3)
        assert deviation(poses, reference[:num])['max'] < 1e-3 * reference.std(0).max()


@pytest.mark.slow
@pytest.mark.parametrize('name', OTHERS)
def test_every_other_config_exports(name, model_file, crops):
    model, card, path = model_file(name)
    assert card.config == name
    poses = build_backend('onnxruntime', path).estimate(crops)
    assert deviation(poses, reference_poses(model, crops))['max'] < 1e-3


@pytest.mark.slow
@pytest.mark.parametrize('name', METHODS)
def test_every_network_of_another_method_exports(name, model_file, crops):
    model, card, path = model_file(name)
    size = card.inputs.size
    crops = np.stack([cv2.resize(crop, size) for crop in crops[:3]])
    reference = reference_poses(model, crops)
    backend = build_backend('onnxruntime', path)
    for num in (1, 3):
        measured = deviation(backend.estimate(crops[:num]), reference[:num])
        assert measured['max'] < 1e-3 * max(1, reference.std(0).max())


def test_the_authors_models_on_the_reference_images(
    official, random_model, shared, tmp_path
):
    golden = shared / 'reference/golden'
    crops = np.load(golden / 'inputs.npz')['images_bgr_uint8']
    outputs = np.load(golden / 'outputs.npz')
    card = ModelCard.of(random_model('fsa_caps_1x1_p1'), 'fsa_caps_1x1_p1', __file__)
    path = tmp_path / 'model.onnx'
    export_onnx(official('fsa_caps_1x1_p1'), path, card, crops=crops)
    poses = build_backend('onnxruntime', path).estimate(crops)
    expected = outputs['300W_LP__fsanet_capsule_3_16_2_21_5']
    np.testing.assert_allclose(poses, expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize('name', NUM_NODES)
def test_the_graph_is_small(name, model_file):
    graph = onnx.load(model_file(name)[2]).graph
    assert len(graph.node) == NUM_NODES[name]
    kinds = {node.op_type for node in graph.node}
    assert not kinds & {'BatchNormalization', 'Shape', 'Constant', 'Identity', 'Einsum'}


def test_the_batch_is_dynamic(caps):
    graph = onnx.load(caps).graph
    for value in (*graph.input, *graph.output):
        batch, *others = value.type.tensor_type.shape.dim
        assert batch.dim_param == 'batch'
        assert all(dim.dim_value > 0 for dim in others)


@pytest.mark.parametrize('num', [1, 2, 5])
def test_any_number_of_rotations(model_file, crops, num):
    """A head of rotations computes with constants, which must not keep a batch's size."""
    model, _, path = model_file('own_landmarks_pnp')
    found = build_backend('onnxruntime', path).estimate(crops[:num])
    expected = build_backend('torch', model, device='cpu').estimate(crops[:num])
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_metadata_say_all_that_a_user_needs(model_file):
    _, card, path = model_file('fsa_caps_1x1_p1')
    metadata = onnxruntime.InferenceSession(path).get_modelmeta().custom_metadata_map
    written = ModelCard.read(path)
    assert replace(written, float32_from=()) == card
    assert ModelCard.from_metadata(metadata, path) == written
    assert json.loads(metadata['mmfsa.config']) == 'fsa_caps_1x1_p1'
    assert json.loads(metadata['mmfsa.crop']).startswith('face box + 0.6 of its size')
    inputs = json.loads(metadata['mmfsa.inputs'])
    assert inputs['size'] == [64, 64] and inputs['crop']['pad'] == [0.6] * 4
    convention = json.loads(metadata['mmfsa.convention'])
    assert convention.startswith('yaw, pitch, roll in degrees; yaw > 0: the face turns')
    assert len(json.loads(metadata['mmfsa.weights_sha256'])) == 64


@pytest.mark.parametrize(
    ('name', 'calls', 'tensors'),
    [('fsa_caps_1x1_p1', 1, 1), ('ssrnet_md_p1', 1, 3), ('fsa_caps_fusion_p1', 3, 1)],
)
def test_the_card_names_what_float32_parts_take(name, calls, tensors, model_file):
    path = model_file(name)[2]
    graph = onnx.load(path).graph
    assert [output.name for output in graph.output] == ['pose']
    float32_from = ModelCard.read(path).float32_from
    assert [*map(len, float32_from)] == [tensors] * calls
    made = {name for node in graph.node for name in node.output}
    names = {name for call in float32_from for name in call}
    assert len(names) == calls * tensors
    assert names <= made


def test_cards_of_older_versions_name_no_tensors(caps):
    metadata = ModelCard.read(caps).to_metadata()
    assert json.loads(metadata.pop('mmfsa.float32_from'))
    assert ModelCard.from_metadata(metadata, caps).float32_from == ()


def test_images_as_opencv_has_them_and_rotations(random_model, crops, tmp_path):
    model = random_model('fsa_caps_1x1_p1')
    card = ModelCard.of(
        random_model('fsa_caps_1x1_p1'), 'fsa_caps_1x1_p1', __file__, 'NHWC', 'uint8'
    )
    path = tmp_path / 'model.onnx'
    export_onnx(model, path, card, rotation=True)
    outputs = build_backend('onnxruntime', path)({'images': crops})
    assert deviation(outputs['pose'], reference_poses(model, crops))['max'] < 1e-3
    np.testing.assert_allclose(
        outputs['rotation'], pose_to_matrix(outputs['pose']), atol=1e-6
    )


def test_the_data_preprocessor_goes_into_the_graph(random_model, crops, tmp_path):
    preprocessor = dict(
        type='ImgDataPreprocessor',
        mean=[100.0, 110.0, 120.0],
        std=[50.0, 60.0, 70.0],
        bgr_to_rgb=True,
    )
    model = random_model('fsa_caps_wo_p1', data_preprocessor=preprocessor)
    plain = reference_poses(random_model('fsa_caps_wo_p1'), crops)
    reference = reference_poses(model, crops)
    assert deviation(plain, reference)['max'] > 0.1
    path = tmp_path / 'model.onnx'
    export_onnx(model, path, ModelCard.of(model, 'fsa_caps_wo_p1', __file__))
    stated = ModelCard.read(path).inputs
    assert (stated.color, stated.mean, stated.std) == (
        'RGB',
        (100.0, 110.0, 120.0),
        (50.0, 60.0, 70.0),
    )
    buffers = {name for name, _ in DeployedModel(model).named_buffers()}
    assert {f'model.data_preprocessor.{name}' for name in ('mean', 'std')} <= buffers
    poses = build_backend('onnxruntime', path).estimate(crops)
    assert deviation(poses, reference)['max'] < 1e-3


@pytest.mark.parametrize('name', ['fsa_caps_1x1_p1', 'fsa_caps_fusion_p1'])
def test_the_flip_test_goes_into_the_graph(name, random_model, crops, tmp_path):
    cfg = get_config(name)
    cfg.model.test_cfg = dict(flip_test=True)
    model = random_model(name, test_cfg=cfg.model.test_cfg)
    path = tmp_path / 'model.onnx'
    export_onnx(model, path, ModelCard.of(model, name, __file__))
    assert ModelCard.read(path).flip_test
    backend = build_backend('onnxruntime', path)
    mirrored = backend.estimate(np.ascontiguousarray(crops[:, :, ::-1]))
    np.testing.assert_allclose(
        backend.estimate(crops), mirrored * [-1, 1, -1], atol=1e-3
    )


def test_a_model_that_computes_something_else_gets_no_file(
    random_model, tmp_path, monkeypatch
):
    def wrong(model):
        lean = simplified(model)
        lean.head.to_p.bias += 1e-3
        return lean

    simplified = export.for_deployment
    monkeypatch.setattr(export, 'for_deployment', wrong)
    card = ModelCard.of(random_model('fsa_caps_wo_p1'), 'fsa_caps_wo_p1', __file__)
    with pytest.raises(ValueError, match=r'differs from torch: max is 0\.\d+°'):
        export_onnx(random_model('fsa_caps_wo_p1'), tmp_path / 'model.onnx', card)
    assert not list(tmp_path.iterdir())


def test_deviation_counts_nan_as_infinite():
    poses = np.zeros((4, 3))
    poses[2, 1] = np.nan
    measured = deviation(poses, np.zeros((4, 3)))
    assert measured['max'] == measured['geodesic_max'] == np.inf
    assert failures(measured, 'fp32')
    assert failures(dict(max=np.nan), 'fp32')
    assert not failures(dict(max=9e-4), 'fp32')
    assert failures(dict(MAE_drift=-0.2), 'int8')


def test_exporting_leaves_the_model_as_it_was(random_model, tmp_path):
    model = random_model('fsa_none_wo_p1')
    before = {name: value.clone() for name, value in model.state_dict().items()}
    card = ModelCard.of(random_model('fsa_none_wo_p1'), 'fsa_none_wo_p1', __file__)
    export_onnx(model, tmp_path / 'model.onnx', card)
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name])
