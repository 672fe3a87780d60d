"""face-api's networks compute what face-api.js computes, and bad files are refused."""

import json
import shutil

import numpy as np
import pytest
import torch

from mmfsa.models.face_api.original import to_state_dict
from mmfsa.registry import MODELS
from mmfsa.zoo import get_config
from mmfsa.zoo.convert import convert
from mmfsa.zoo.foreign import read_tensors

NAMES = {'full': 'face_landmark_68_model', 'tiny': 'face_landmark_68_tiny_model'}
EXPERIMENTS = {'full': 'face_api_pnp', 'tiny': 'face_api_tiny_pnp'}
PARAMETERS = {'full': 356_840, 'tiny': 77_224}


@pytest.fixture(params=['full', 'tiny'])
def kind(request):
    return request.param


@pytest.fixture
def shard(shared):
    folder = shared / 'weights/rivals/face_api'
    return lambda kind: folder / f'{NAMES[kind]}-shard1'


@pytest.fixture
def copied(shard, tmp_path):
    """The tiny network's shard and manifest, in a folder where they may be changed."""
    for file in shard('tiny').parent.glob(f'{NAMES["tiny"]}-*'):
        shutil.copy(file, tmp_path)
    return tmp_path / f'{NAMES["tiny"]}-shard1'


@pytest.fixture
def real(shard, kind, model_of_file):
    return model_of_file(shard(kind), EXPERIMENTS[kind])


def test_outputs(real, kind, golden):
    assert sum(p.numel() for p in real.parameters()) == PARAMETERS[kind]
    golden = golden(f'faceapi_68_{kind}')
    golden.story['input_shape'] = [4, 3, 112, 112]
    for images in ('rand', 'block'):
        inputs = golden.inputs(images, real, 2)
        with torch.no_grad():
            landmarks = real.head(real.extract_feat(inputs))['landmarks']
        expected = golden[f'{images}_runNet_136'][:2].unflatten(1, (68, 2))
        torch.testing.assert_close(landmarks, expected, rtol=0, atol=1e-5)


def test_a_missing_manifest_and_a_cut_shard(copied):
    content = copied.read_bytes()
    copied.write_bytes(content[:-1])
    with pytest.raises(
        ValueError, match=r'holds 77223 bytes, and the manifest .*77224'
    ):
        read_tensors(copied)
    copied.write_bytes(content + b'0')
    with pytest.raises(ValueError, match='holds 77225 bytes'):
        read_tensors(copied)
    manifest = next(copied.parent.glob('*.json'))
    manifest.unlink()
    with pytest.raises(FileNotFoundError, match=r'manifest\.json must lie'):
        convert(copied, copied.parent / 'model.pth')


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda group: group['weights'][0].pop('shape'), "no manifest of .*'shape'"),
        (lambda group: group.update(paths=['other-shard1']), 'no manifest of'),
        (lambda group: group['weights'][1].update(dtype='string'), 'bias is string'),
        (
            lambda group: group['weights'][0]['quantization'].update(min=float('nan')),
            'NaN or infinite .* dense0/conv0/filters',
        ),
    ],
)
def test_other_manifests_are_refused(change, message, copied):
    path = next(copied.parent.glob('*.json'))
    manifest = json.loads(path.read_text())
    change(manifest[0])
    path.write_text(json.dumps(manifest))
    with pytest.raises(ValueError, match=message):
        read_tensors(copied)


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (lambda t: t.pop('fc/weights'), r'missing the tensor of head\.linear\.weight'),
        (
            lambda t: t.pop('dense1/conv1/bias'),
            r'missing the tensor of backbone\.blocks\.1\.convs\.1\.pointwise\.bias',
        ),
        (lambda t: t.update({'dense9/conv0/bias': np.ones(3)}), 'surplus dense9/conv0'),
        (lambda t: t.update({'fc/bias': np.ones(10)}), r'misshapen fc/bias \(10,\)'),
    ],
)
def test_other_tensors_are_refused_by_name(edit, message, shard):
    tensors = read_tensors(shard('tiny'))
    edit(tensors)
    with pytest.raises(ValueError, match=f'x-shard1 does not fit the model: {message}'):
        model = MODELS.build(get_config(EXPERIMENTS['tiny']).model)
        to_state_dict(tensors, model, 'x-shard1')
