"""Networks that see videos: a memory for each face, in torch and in an exported file."""

import numpy as np
import pytest
import torch

from mmfsa.deploy.card import ModelCard
from mmfsa.deploy.export import export_onnx
from mmfsa.engine import save_checkpoint
from mmfsa.methods import SequenceMethod, create_model
from mmfsa.registry import MODELS
from mmfsa.structures import Faces, Frame
from mmfsa.zoo import config_dir, get_config

CONFIG = 'fsa_caps_1x1_gru'
BOX = [20, 20, 60, 60]


@pytest.fixture(scope='module')
def model():
    torch.manual_seed(0)
    model = MODELS.build(get_config(CONFIG).model).eval()
    torch.nn.init.normal_(model.head.angles.weight)  # else its memory would say nothing
    return model


@pytest.fixture(scope='module')
def checkpoint(model, tmp_path_factory):
    path = tmp_path_factory.mktemp('weights') / 'gru.pth'
    save_checkpoint(
        dict(state_dict=model.state_dict(), meta=dict(config=f'{CONFIG}.py')), path
    )
    return path


@pytest.fixture(scope='module')
def onnx(model, checkpoint):
    path = checkpoint.with_suffix('.onnx')
    export_onnx(model, path, ModelCard.of(model, CONFIG, checkpoint))
    return path


@pytest.fixture(params=['torch', 'onnxruntime'])
def method(request, checkpoint, onnx):
    weights = checkpoint if request.param == 'torch' else onnx
    method = create_model(CONFIG, weights, backend=request.param, device='cpu')
    assert isinstance(method, SequenceMethod)
    return method


def film(num, seed=0):
    images = np.random.default_rng(seed).integers(0, 256, (num, 80, 80, 3), np.uint8)
    return [Frame(image, time=0.04 * i) for i, image in enumerate(images)]


def see(method, frame, ids):
    return method.predict(
        frame, Faces([BOX] * len(ids), 'visible', ids=np.array(ids))
    ).euler


def test_the_file_says_what_torch_says_over_500_frames(model, onnx):
    method = create_model(weights=onnx)
    rng = np.random.default_rng(1)
    crops = rng.integers(0, 256, (500, 64, 64, 3), np.uint8)
    elapsed = rng.uniform(0.01, 0.2, 500).astype(np.float32)
    elapsed[0] = 0
    images = model.data_preprocessor(
        dict(inputs=torch.from_numpy(crops).permute(0, 3, 1, 2))
    )['inputs']
    with torch.no_grad():
        expected = model.poses(images[None], torch.from_numpy(elapsed)[None])[0]
    state = np.zeros((1, model.state_size), np.float32)
    worst = 0
    for i in range(500):
        said = method.network.run_crops(
            crops[i : i + 1], elapsed=elapsed[i : i + 1], state=state
        )
        state = said['next_state']
        worst = max(worst, np.abs(said['pose'][0] - expected[i].numpy()).max())
    assert worst < 1e-3, 'degrees'


def test_each_face_has_its_own_memory(method):
    frames = film(4)
    alone = [see(method, frame, [7])[0] for frame in frames]
    method.reset()
    for frame, expected in zip(frames, alone, strict=True):
        both = see(method, frame, [3, 7] if frame.time else [7])
        np.testing.assert_allclose(both[-1], expected, atol=1e-3)
    assert np.abs(both[0] - both[1]).max() > 1e-3, 'one has seen a frame more'


def test_what_is_forgotten(method):
    first, second, late = film(3)
    new = see(method, second, [1])
    method.reset()
    see(method, first, [1])
    assert np.abs(see(method, second, [1]) - new).max() > 1e-3
    method.reset([1])
    np.testing.assert_allclose(see(method, second, [1]), new, atol=1e-3)
    late.time = 5.0
    away = see(method, late, [1])
    method.reset()
    np.testing.assert_allclose(away, see(method, late, [1]), atol=1e-3)


def test_photos_have_no_memory(method):
    photo = Frame(film(1)[0].image)
    faces = Faces([BOX], 'visible')
    one, other = (method.predict(photo, faces).euler for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_a_face_without_a_pixel_keeps_its_memory(method):
    first, second, third = film(3)
    see(method, first, [1])
    gone = method.predict(
        second, Faces([[-90, -90, -50, -50]], 'visible', ids=np.array([1]))
    )
    assert not gone.valid[0]
    said = see(method, third, [1])
    method.reset()
    see(method, first, [1])
    np.testing.assert_allclose(said, see(method, third, [1]), atol=1e-3)


def test_time_must_go_on(method):
    first, second = film(2)
    see(method, second, [4])
    with pytest.raises(
        ValueError, match=r'face 4: the frame at 0\.0 s follows one at 0\.04'
    ):
        see(method, first, [4])


def test_a_backend_without_memory_says_so(onnx):
    with pytest.raises(NotImplementedError, match='remembers what it has seen'):
        create_model(weights=onnx, backend='opencv')


def test_the_config_lies_where_it_should():
    assert (config_dir() / 'video' / f'{CONFIG}.py').is_file()
