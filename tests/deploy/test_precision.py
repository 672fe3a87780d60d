import json
from collections import Counter, defaultdict

import cv2
import numpy as np
import onnx
import pytest
import torch
from torch import nn

from mmfsa.deploy import ModelCard, build_backend, export_onnx, precision
from mmfsa.deploy.crops import read_crops
from mmfsa.deploy.parity import deviation
from mmfsa.deploy.precision import NEED_RANGE, sensitivity, to_fp16, to_int8
from mmfsa.evaluation import pose_errors
from mmfsa.models import BaseEstimator
from mmfsa.registry import MODELS
from mmfsa.zoo import get_config

SINGLE, HALF = onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16


@pytest.fixture(scope='session')
def half(model_file, crops, tmp_path_factory):
    """Convert the model of an experiment to float16: (source, file, deviation)."""
    folder = tmp_path_factory.mktemp('fp16')

    def convert(name):
        source = model_file(name)[2]
        path = folder / source.name
        return source, path, to_fp16(source, path, crops)

    return convert


def types_by_operation(path):
    """How often each kind of operation computes in each floating-point type."""
    graph = onnx.shape_inference.infer_shapes(onnx.load(path)).graph
    values = [*graph.value_info, *graph.output]
    types = {value.name: value.type.tensor_type.elem_type for value in values}
    found = defaultdict(Counter)
    for node in graph.node:
        found[node.op_type][types[node.output[0]]] += 1
    return found


@pytest.mark.parametrize(
    'name',
    [
        'fsa_caps_1x1_p1',
        'fsa_vlad_var_p1',
        'ssrnet_md_p1',
        pytest.param('fsa_caps_fusion_p1', marks=pytest.mark.slow),
    ],
)
def test_float16_is_float16(name, half):
    source, path, measured = half(name)
    types = types_by_operation(path)
    assert {*types['Conv']} == {HALF}
    assert types['Conv'].total() == types_by_operation(source)['Conv'].total()
    for kind in {*NEED_RANGE} & {*types}:
        assert {*types[kind]} == {SINGLE}, kind
    graph = onnx.load(path).graph
    for value in (*graph.input, *graph.output):
        assert value.type.tensor_type.elem_type == SINGLE
    kernels = {node.input[1] for node in graph.node if node.op_type == 'Conv'}
    weights = {w.name: w.data_type for w in graph.initializer}
    assert {weights[kernel] for kernel in kernels} == {HALF}
    assert path.stat().st_size < 0.8 * source.stat().st_size
    assert 1e-5 < measured['p99'] <= 0.1
    assert ModelCard.read(path).precision == 'fp16'


def test_what_makes_poses_of_the_heads_outputs_stays_in_float32(
    random_model, crops, tmp_path
):
    """The 6D head's rotation goes through a product behind the head."""
    head = dict(type='Rotation6DHead', frame='opal')  # which has no lean form
    model = random_model('fsa_caps_1x1_p1', head=head)
    source, path = tmp_path / 'source.onnx', tmp_path / 'fp16.onnx'
    export_onnx(model, source, ModelCard.of(model, 'fsa_caps_1x1_6d_p1', __file__))
    to_fp16(source, path, crops)
    graph = onnx.shape_inference.infer_shapes(onnx.load(path)).graph
    values = [*graph.value_info, *graph.output]
    types = {value.name: value.type.tensor_type.elem_type for value in values}
    behind = {
        node.name: types[node.output[0]]
        for node in graph.node
        if node.op_type in precision.PRODUCTS
        and not node.name.startswith(('/backbone', '/neck'))
    }
    assert '/MatMul' in behind
    assert {*behind.values()} == {SINGLE}


class Regressor(nn.Module):
    """A head of another kind: it takes the images, too, and features in a dict."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3 + 8 + 16, 3)

    def forward(self, images, stages):
        means = [maps.mean((2, 3)) for maps in (images / 255, *stages['maps'])]
        return self.linear(torch.cat(means, dim=1)).tanh() * 30


class ForeignEstimator(BaseEstimator):
    """An estimator whose head is not called head, and takes stages of its backbone."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 5, 4)
        self.second = nn.Conv2d(8, 16, 5, 4)
        self.regressor = Regressor()

    @property
    def float32_parts(self):
        return [self.regressor]

    def regress(self, images):
        first = self.first(images / 255).relu()
        maps = [first, self.second(first).relu()]
        return dict(pose=self.regressor(images, stages=dict(maps=maps)))

    def loss(self, images, labels): ...


def test_an_estimators_own_head_stays_in_float32(crops, tmp_path):
    torch.manual_seed(0)
    model = ForeignEstimator().eval()
    source, path = tmp_path / 'source.onnx', tmp_path / 'fp16.onnx'
    export_onnx(model, source, ModelCard.of(model, 'third_party', __file__))
    (taken,) = ModelCard.read(source).float32_from
    assert {*taken} == {'images', 'float32_input_1', 'float32_input_2'}
    to_fp16(source, path, crops)
    types = types_by_operation(path)
    assert types['Gemm'] == {SINGLE: 1}
    assert types['Conv'] == {HALF: 2}

    # An older version did not state the head.
    proto = onnx.load(source)
    (entry,) = (e for e in proto.metadata_props if e.key == 'mmfsa.float32_from')
    proto.metadata_props.remove(entry)
    onnx.save(proto, source)
    to_fp16(source, path, crops)
    assert types_by_operation(path)['Gemm'] == {HALF: 1}


def test_float16_without_rounding_errors_beyond_the_gate(
    caps, crops, tmp_path, monkeypatch
):
    monkeypatch.setattr(precision, 'failures', lambda *_: ['p99 is 3°'])
    with pytest.raises(ValueError, match=r'fp16\.onnx would not be the same.*p99 is 3'):
        to_fp16(caps, tmp_path / 'fp16.onnx', crops[:4])
    assert not list(tmp_path.iterdir())


def test_int8_has_quantised_layers_where_asked_for(caps, crops, tmp_path):
    path = tmp_path / 'int8.onnx'
    costs = sensitivity(caps, crops[:4])
    assert list(costs.values()) == sorted(costs.values(), reverse=True)
    assert costs.keys() == set(precision.quantisable(onnx.load(caps)))
    # Of two layers that read the same, one stays in float.
    keep = [*[*costs][:5], '/head/to_p/Gemm']
    assert '/head/to_eta/Gemm' not in keep
    measured = to_int8(caps, path, crops, keep)
    assert 0 < measured['mean'] < 5

    graph = onnx.load(path).graph
    made_by = {name: node for node in graph.node for name in node.output}
    constants = {w.name: onnx.numpy_helper.to_array(w) for w in graph.initializer}
    read_by = defaultdict(set)
    for node in graph.node:
        for name in node.input:
            read_by[name].add(node.name)
    for node in graph.node:
        if node.name in costs:
            weights = made_by.get(node.input[1])
            assert (weights is None) == (node.name in keep), node.name
            assert weights is None or weights.op_type == 'DequantizeLinear'
            if weights is not None:
                assert made_by[node.input[0]].op_type == 'DequantizeLinear'
        if node.op_type == 'DequantizeLinear':
            quantised, scale, zero = (constants.get(i) for i in node.input)
            assert read_by[node.output[0]] <= {*costs} - {*keep}
            assert zero.dtype == np.int8
            assert not zero.any(), 'TensorRT wants symmetric ranges'
            if quantised is not None:  # weights, per channel, in 7 bits
                assert scale.ndim == 1
                assert np.abs(quantised.astype(int)).max() <= 64
    card = ModelCard.read(path)
    assert card.precision == 'int8'
    assert card.weights_sha256 == ModelCard.read(caps).weights_sha256


def test_what_is_not_converted(caps, half, crops, tmp_path):
    half = half('fsa_caps_1x1_p1')[1]
    out = tmp_path / 'out.onnx'
    with pytest.raises(ValueError, match='is fp16 already; convert the float32 file'):
        to_int8(half, out, crops, keep=[])
    with pytest.raises(ValueError, match=r"has no layers \['/neck'\]: /backbone"):
        to_int8(caps, out, crops, keep=['/neck'])
    with pytest.raises(FileNotFoundError, match=r'no model .*none\.onnx'):
        to_fp16(tmp_path / 'none.onnx', out, crops)
    model = MODELS.build(get_config('fsa_caps_1x1_gru').model).eval()
    of_videos = tmp_path / 'gru.onnx'
    export_onnx(model, of_videos, ModelCard.of(model, 'fsa_caps_1x1_gru', __file__))
    with pytest.raises(ValueError, match=r'gru\.onnx remembers what it has seen'):
        to_int8(of_videos, out, crops, keep=[])
    assert not out.exists()


def test_the_gates_hold_with_the_authors_weights(
    official_file, aflw, aflw2000, tmp_path
):
    """Calibrated on AFLW; the paper's model, scored on every fourth face of AFLW2000."""
    source = official_file('fsa_caps_1x1_p1')
    card = ModelCard.read(source)
    calibration, _ = read_crops(aflw, card, max_angle=99)
    crops, labels = read_crops(aflw2000, card, max_angle=99)
    assert len(calibration) > 50
    assert len(crops) == 491
    reference = build_backend('onnxruntime', source).estimate(crops)
    expected = pose_errors(reference, labels)['MAE']
    assert expected == pytest.approx(5.324, abs=1e-3)

    to_fp16(source, tmp_path / 'fp16.onnx', calibration)
    poses = build_backend('onnxruntime', tmp_path / 'fp16.onnx').estimate(crops)
    assert deviation(poses, reference)['p99'] <= 0.1

    costs = sensitivity(source, calibration[:16])
    keep = [layer for layer, cost in costs.items() if cost > 0.1]
    assert 2 < len(keep) < 12
    measured = to_int8(source, tmp_path / 'int8.onnx', calibration, keep)
    assert measured['mean'] < 0.5
    for name in ('onnxruntime', 'openvino'):
        if name == 'openvino':
            pytest.importorskip('openvino', reason='OpenVINO is not installed')
        poses = build_backend(name, tmp_path / 'int8.onnx').estimate(crops)
        assert abs(pose_errors(poses, labels)['MAE'] - expected) <= 0.1


def test_crops_come_from_folders_and_data_sets(caps, tmp_path):
    card = ModelCard.read(caps)
    with pytest.raises(FileNotFoundError, match=r'no crops at .*none'):
        read_crops(tmp_path / 'none', card)
    with pytest.raises(ValueError, match=r'has no images'):
        read_crops(tmp_path, card)
    for i in range(10):
        cv2.imwrite(str(tmp_path / f'{i}.png'), np.full((80, 90, 3), 20 * i, np.uint8))
    crops, labels = read_crops(tmp_path, card, limit=4)
    assert labels is None
    assert crops.shape == (4, 64, 64, 3)
    assert [*crops[:, 0, 0, 0]] == [0, 60, 120, 180], 'evenly spread'
    (tmp_path / '3.png').write_bytes(b'no image')
    with pytest.raises(ValueError, match=r'3\.png: no image that OpenCV can read'):
        read_crops(tmp_path, card)

    images = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), np.uint8)
    poses = np.array([[10, 20, 30], [100, 0, 0], [-5, 0, 5]])
    np.savez(tmp_path / 'faces.npz', image=images, pose=poses)
    crops, labels = read_crops(tmp_path / 'faces.npz', card, max_angle=99)
    np.testing.assert_array_equal(labels, poses[[0, 2]])
    np.testing.assert_array_equal(crops, images[[0, 2]])
    (tmp_path / 'index.json').write_text(json.dumps(dict(metainfo={}, data_list=[])))
    with pytest.raises(ValueError, match=r'index\.json'):
        read_crops(tmp_path / 'index.json', card)
