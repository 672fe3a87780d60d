"""opentrack's files become checkpoints that compute what the files compute."""

import numpy as np
import pytest
import torch

from mmfsa.engine import load_checkpoint
from mmfsa.models.opnet import HeadLocalizer
from mmfsa.models.opnet.localizer import SIZE
from mmfsa.registry import MODELS
from mmfsa.zoo import get_config
from mmfsa.zoo.convert import convert
from mmfsa.zoo.foreign import read_onnx

FLOAT = 'head-pose-0.4-small-dequantised-f32.onnx'
INT8 = 'head-pose-0.4-small-int8.onnx'
LOCALIZER = 'head-localizer.onnx'
OUTPUTS = {
    'quaternion': 'quat',
    'place': 'pos_size',
    'box': 'box',
    'rotation_scales': 'rotaxis_scales_tril',
    'place_scales': 'pos_size_scales_tril',
}


@pytest.fixture(scope='module')
def folder(shared):
    return shared / 'weights/rivals/opentrack'


@pytest.fixture(scope='module')
def converted(folder, tmp_path_factory):
    """The network of a converted file, and the name of its config."""

    def build(name):
        path = tmp_path_factory.mktemp('converted') / 'model.pth'
        config = convert(folder / name, path)
        if name == LOCALIZER:
            model = HeadLocalizer()
        else:
            model = MODELS.build(get_config(config).model)
        model.load_state_dict(load_checkpoint(path)['state_dict'])
        return model.eval(), config

    return build


@torch.no_grad()
def outputs_of(model, images):
    return model.head(model.extract_feat(images - 0.5))


@pytest.mark.parametrize('kind', ['rand', 'block'])
def test_the_file_in_floats(kind, converted, golden):
    model, config = converted(FLOAT)
    assert config == 'opnet_small.py'
    story = golden('opnet_onnx_f32')
    training = golden('opnet_onnx_in_training_code')
    images = golden('opnet_mbv1_offset_on').images(kind)
    outputs = outputs_of(model, images)
    for ours, theirs in OUTPUTS.items():
        for source in (story, training):
            error = (outputs[ours] - source[f'{kind}_{theirs}']).abs().max()
            assert error < 1e-5, ours
    pose = model.head.decode(outputs)['pose']
    assert (pose - story[f'{kind}_project_ypr']).abs().max() < 1e-3
    features = training[f'{kind}_feat_convnet.avgpool_mean_per_channel']
    error = (model.extract_feat(images - 0.5) - features).abs().max()
    assert error < 1e-4 * features.std()


def test_the_file_in_8_bits(converted, golden):
    model, config = converted(INT8)
    assert config == 'opnet_small_int8.py'
    assert model.is_quantized
    story = golden('opnet_onnx_int8')
    images = golden('opnet_mbv1_offset_on').images('rand')
    outputs = outputs_of(model, images)
    for ours, theirs in OUTPUTS.items():
        error = (outputs[ours] - story[f'rand_{theirs}']).abs()
        assert error.mean() < 0.05, ours
    floats = outputs_of(converted(FLOAT)[0], images)
    assert (floats['quaternion'] - outputs['quaternion']).abs().max() > 1e-3


def test_8_bits_are_rounded_as_in_the_file(folder, converted):
    """Half of what the rounding of 8 bits changes is the same in ONNX Runtime.

    The other half depends on the CPU: a sum that ends between two steps of a layer is
    rounded up on one and down on another.
    """
    onnxruntime = pytest.importorskip('onnxruntime')
    options = onnxruntime.SessionOptions()
    level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.graph_optimization_level = level
    session = onnxruntime.InferenceSession(folder / INT8, options)
    images = np.random.RandomState(0).rand(20, 1, 1, 129, 129).astype(np.float32)
    expected = [session.run(['quat'], {'x': i - np.float32(0.5)})[0] for i in images]

    def distance(name):
        model = converted(name)[0]
        images_of_torch = torch.from_numpy(images.squeeze(1))
        found = outputs_of(model, images_of_torch)['quaternion'].numpy()
        return np.abs(found - np.concatenate(expected)).mean()

    assert distance(INT8) < 0.7 * distance(FLOAT)


def test_the_localizer(converted, golden):
    model, config = converted(LOCALIZER)
    assert config == 'opnet_localizer.py'
    story = golden('opnet_localizer_onnx')
    width, height = SIZE
    images = np.random.RandomState(0).rand(4, 1, height, width).astype(np.float32)
    with torch.no_grad():
        logits, boxes = model(torch.from_numpy(images) - 0.5)
    found = torch.cat([logits[:, None], boxes], dim=1)
    assert (found - story['rand_logit_box']).abs().max() < 1e-5


WEIGHTS = '/_original/convnet/conv_dw_3/DequantizeLinear_1_output_0'


@pytest.mark.parametrize(
    ('name', 'edit', 'message'),
    [
        (FLOAT, lambda t: t.pop(WEIGHTS), rf'not whole: it has no {WEIGHTS}'),
        (
            FLOAT,
            lambda t: t.update({WEIGHTS: np.ones((256, 1, 3, 3), np.float32)}),
            r'misshapen backbone\.blocks\.3\.depthwise\.conv\.weight \(256, 1, 3, 3\)',
        ),
        (
            FLOAT,
            lambda t: t.pop('_original.boxnet.linear.bias'),
            r'missing the tensor of head\.box\.bias',
        ),
        (FLOAT, lambda t: t.pop('onnx::MatMul_1830'), 'no onnx::MatMul_1830'),
        (
            FLOAT,
            lambda t: t.update({'onnx::MatMul_1830': np.ones(3, np.float32)}),
            'of another version of OpNet: it turns heads by -0.1319',
        ),
        (
            FLOAT,
            lambda t: t.update({'_original.eyes.weight': np.ones(3, np.float32)}),
            r'surplus _original\.eyes\.weight',
        ),
        (LOCALIZER, lambda t: t.pop('719'), r'missing the tensor of layers\.16'),
        (
            LOCALIZER,
            lambda t: t.update({'999': np.ones(3, np.float32)}),
            'surplus 999',
        ),
    ],
)
def test_other_tensors_are_refused_by_name(
    name, edit, message, folder, tmp_path, monkeypatch
):
    tensors = read_onnx(folder / name)
    edit(tensors)
    monkeypatch.setattr('mmfsa.zoo.convert.read_tensors', lambda _: tensors)
    with pytest.raises(ValueError, match=message):
        convert(folder / name, tmp_path / 'model.pth')
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize('name', [FLOAT, INT8, LOCALIZER])
def test_a_cut_file_is_refused(name, folder, tmp_path):
    cut = tmp_path / name
    cut.write_bytes((folder / name).read_bytes()[:200_000])
    with pytest.raises(ValueError, match='damaged'):
        convert(cut, tmp_path / 'model.pth')
