"""FSA-Net of omasaht on mmfsa's parts computes what its ONNX files compute."""

import numpy as np
import pytest
import torch

from mmfsa.models import FSANeck, TwoStreamBackbone
from mmfsa.models.fsanet.structure_mapping import all_pixels
from mmfsa.zoo.convert import convert
from mmfsa.zoo.foreign import read_onnx

FILES = {
    variant: f'weights/rivals/fsanet_pytorch/fsanet-{variant}-iter-688590.onnx'
    for variant in ('1x1', 'var')
}


@pytest.mark.parametrize('variant', FILES)
def test_poses_are_those_of_the_original(variant, shared, golden, model_of_file):
    name = f'fsanet_pytorch_{variant}'
    model = model_of_file(shared / FILES[variant], name)
    original = golden(name)
    original.story['input_shape'] = (4, 3, 64, 64)
    for kind in ('rand', 'block'):
        images = model.data_preprocessor.normalize(255 * original.images(kind))
        with torch.no_grad():
            pose = model(images)
        expected = original[f'{kind}_project_ypr']
        torch.testing.assert_close(pose, expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (
            lambda t: t.pop('msms.s1_conv2_0.conv.depthwise.bias'),
            r'missing .*tanh_stream\.1\.0\.pointwise\.bias',
        ),
        (lambda t: t.pop('fgsm.fc.weight'), r'missing .*neck\.mapping\.f_C\.weight'),
        (lambda t: t.update({'esp_s4.pred_fc.bias': np.ones(9)}), 'surplus esp_s4'),
        (
            lambda t: t.update({'esp_s1.pred_fc.bias': np.ones(8)}),
            r'misshapen esp_s1\.pred_fc\.bias \(8,\)',
        ),
    ],
)
def test_other_tensors_are_refused_by_name(
    edit, message, shared, tmp_path, monkeypatch
):
    tensors = read_onnx(shared / FILES['1x1'])
    edit(tensors)
    monkeypatch.setattr('mmfsa.zoo.convert.read_tensors', lambda _: tensors)
    with pytest.raises(ValueError, match=message):
        convert(shared / FILES['1x1'], tmp_path / 'model.pth')


def test_channels_in_the_place_of_pixels():
    features = [torch.arange(6.0).reshape(1, 2, 1, 3)]  # two channels, three pixels
    assert all_pixels(features).tolist() == [[[0, 3], [1, 4], [2, 5]]]
    assert all_pixels(features, transpose=False).tolist() == [[[0, 1], [2, 3], [4, 5]]]


def test_the_lean_neck_is_for_transposed_maps_only():
    parts = dict(
        scoring=dict(type='ConvScoring'),
        mapping=dict(type='StructureMapping'),
        aggregation=dict(type='CapsuleAggregation'),
    )
    neck = FSANeck(**parts, transpose=False)
    assert neck.lean() is neck


def test_the_first_block_of_the_tanh_stream():
    backbone = TwoStreamBackbone(stem_relu=True, bn=dict(eps=1e-5, momentum=0.1))
    kinds = [type(layer).__name__ for stage in backbone.tanh_stream for layer in stage]
    assert (kinds.count('ReLU'), kinds.count('Tanh')) == (1, 6)
    assert kinds.index('ReLU') < kinds.index('Tanh')
    assert backbone.tanh_stream[0][0].bn.eps == 1e-5
