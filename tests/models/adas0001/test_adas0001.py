"""head-pose-estimation-adas-0001 computes what OpenVINO computes of Intel's file."""

import numpy as np
import pytest
import torch

from mmfsa.engine import load_weights
from mmfsa.registry import MODELS
from mmfsa.zoo import get_config
from mmfsa.zoo.convert import convert
from mmfsa.zoo.foreign import read_openvino

FILE = 'weights/rivals/openvino_adas0001/head-pose-estimation-adas-0001'


@pytest.fixture(scope='module')
def model(shared, model_of_file):
    return model_of_file(shared / f'{FILE}.xml', 'adas0001')


@pytest.fixture(scope='module')
def pixels(golden):
    """The golden images, BGR of 0 to 255."""
    story = golden('openvino_adas0001')
    story.story['input_shape'] = (4, 3, 60, 60)
    return {kind: 255 * story.images(kind) for kind in ('rand', 'block')}


@pytest.mark.parametrize('kind', ['rand', 'block'])
def test_poses_are_those_of_the_original(kind, model, pixels, golden):
    arrays = golden('openvino_adas0001')
    with torch.no_grad():
        outputs = model.head(model.extract_feat(pixels[kind]))
        pose = model.head.decode(outputs)['pose']
    original = arrays[f'FP16_{kind}_method_yaw_pitch_roll']
    torch.testing.assert_close(outputs['angles'], original, rtol=0, atol=1e-3)
    expected = arrays[f'FP16_{kind}_project_ypr']
    torch.testing.assert_close(pose, expected, rtol=0, atol=1e-3)


def test_poses_are_those_of_openvino(model, pixels, shared):
    openvino = pytest.importorskip('openvino')
    hint = {'INFERENCE_PRECISION_HINT': 'f32'}
    run = openvino.Core().compile_model(shared / f'{FILE}.xml', 'CPU', hint)
    for image in pixels['block']:
        found = run([image[None].numpy()])
        yaw, pitch, roll = (float(found[f'angle_{a}_fc'].item()) for a in 'ypr')
        with torch.no_grad():
            pose = model(image[None])[0]
        assert pose.tolist() == pytest.approx([-yaw, -pitch, roll], abs=1e-3)


def test_the_other_half_of_the_file_converts_too(shared, model, tmp_path):
    convert(shared / f'{FILE}.bin', tmp_path / 'model.pth')
    other = MODELS.build(get_config('adas0001').model)
    load_weights(other, tmp_path / 'model.pth')
    for name, value in model.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name


def test_half_a_model_is_refused(shared, tmp_path):
    (tmp_path / 'half.xml').write_bytes((shared / f'{FILE}.xml').read_bytes())
    with pytest.raises(FileNotFoundError, match=r'half\.bin must lie beside it'):
        convert(tmp_path / 'half.xml', tmp_path / 'model.pth')


@pytest.mark.parametrize('suffix', ['.xml', '.bin'])
@pytest.mark.parametrize('share', [0, 0.5, 0.99])
def test_a_cut_file_is_refused(suffix, share, shared, tmp_path):
    for part in ('.xml', '.bin'):
        content = (shared / f'{FILE}{part}').read_bytes()
        size = int(share * len(content)) if part == suffix else len(content)
        (tmp_path / f'cut{part}').write_bytes(content[:size])
    with pytest.raises(ValueError, match=r'cut\.xml'):
        convert(tmp_path / 'cut.xml', tmp_path / 'model.pth')
    assert not (tmp_path / 'model.pth').exists()


def test_constants_have_the_names_of_the_operations_that_use_them(shared):
    tensors = read_openvino(shared / f'{FILE}.xml')
    assert tensors['conv1/WithoutBiases/1'].shape == (32, 3, 3, 3)
    assert tensors['angle_y_fc/1'].shape == (1, 1)


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (
            lambda t: t.pop('bn3/mean/Fused_Mul_/1'),
            r'missing .*backbone\.layers\.bn3\.w',
        ),
        (lambda t: t.update({'conv6/1': np.ones(3)}), 'surplus conv6/1'),
        (
            lambda t: t.update({'angle_p_fc/1': np.ones((1, 2))}),
            r'misshapen angle_p_fc/1 \(1, 2\)',
        ),
    ],
)
def test_other_tensors_are_refused_by_name(
    edit, message, shared, tmp_path, monkeypatch
):
    tensors = read_openvino(shared / f'{FILE}.xml')
    edit(tensors)
    monkeypatch.setattr('mmfsa.zoo.convert.read_tensors', lambda _: tensors)
    with pytest.raises(ValueError, match=message):
        convert(shared / f'{FILE}.xml', tmp_path / 'model.pth')


def test_a_training_step_reaches_every_parameter(samples):
    model = MODELS.build(get_config('adas0001').model)
    images = torch.rand(4, 3, 60, 60) * 255
    loss = model(images, samples([[30, -10, 5]] * 4), mode='loss')['loss']
    loss.backward()
    assert all(p.grad is not None for p in model.parameters())
