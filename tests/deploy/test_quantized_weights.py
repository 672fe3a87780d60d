"""Networks in 8 bits: the file has whole numbers, and all outputs by name."""

import numpy as np
import onnx
import pytest
import torch

from mmfsa.deploy import ModelCard, build_backend, export_onnx
from mmfsa.engine import save_checkpoint
from mmfsa.methods import create_model
from mmfsa.registry import MODELS
from mmfsa.structures import Faces, Frame
from mmfsa.zoo import get_config

OUTPUTS = ['pose', 'spread', 'place', 'place_spread', 'head_box']


@pytest.fixture(scope='module')
def exported(tmp_path_factory):
    """The random network in 8 bits, and its file."""
    torch.manual_seed(0)
    model = MODELS.build(get_config('opnet_small_int8').model).eval()
    folder = tmp_path_factory.mktemp('int8')
    meta = dict(config='opnet_small_int8.py')
    save_checkpoint(dict(state_dict=model.state_dict(), meta=meta), folder / 'a.pth')
    card = ModelCard.of(model, 'opnet_small_int8', folder / 'a.pth')
    export_onnx(model, folder / 'a.onnx', card)
    return model, folder / 'a.onnx'


def test_the_file_has_weights_of_8_bits(exported):
    _, path = exported
    assert path.stat().st_size < 4e6
    graph = onnx.load(path).graph
    constants = {tensor.name: tensor.data_type for tensor in graph.initializer}
    quantized = [n for n in graph.node if n.op_type == 'QuantizeLinear']
    assert (
        len(quantized) == 37
    )  # activations: the input, 27 convolutions, 8 sums, means
    assert not any(node.input[0] in constants for node in quantized)
    kernels = [
        node
        for node in graph.node
        if node.op_type == 'DequantizeLinear' and node.input[0] in constants
    ]
    assert len(kernels) == 27
    assert {constants[n.input[0]] for n in kernels} == {onnx.TensorProto.INT8}
    assert ModelCard.read(path).precision == 'int8'


def test_the_file_says_what_torch_says(exported):
    model, path = exported
    crops = np.random.default_rng(0).integers(0, 256, (3, 129, 129, 3), dtype=np.uint8)
    backend = build_backend('onnxruntime', path)
    assert backend.output_names == OUTPUTS
    found = backend.run_crops(crops)
    with torch.no_grad():
        images = torch.from_numpy(crops).permute(0, 3, 1, 2).float()
        expected = model.outputs(model.data_preprocessor.normalize(images))
    for name in OUTPUTS[2:]:
        assert np.abs(found[name] - expected[name].numpy()).max() < 0.1, name


def test_outputs_of_any_name_become_extras(exported):
    method = create_model(None, exported[1])
    frame = Frame(np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8))
    poses = method.predict(frame, Faces([[50, 50, 120, 130]], 'landmarks68'))
    assert poses.spread.shape == (1, 3, 3)
    shapes = {name: np.shape(poses.extras[name]) for name in OUTPUTS[2:]}
    assert shapes == dict(place=(1, 3), place_spread=(1, 3, 3), head_box=(1, 4))
