"""Networks that see depth: from a frame with its map to poses, and as an ONNX file."""

import json

import cv2
import numpy as np
import pytest
import torch

from mmfsa import HeadPosePredictor, create_model
from mmfsa.cli import main
from mmfsa.deploy import ModelCard, export_onnx
from mmfsa.engine import save_checkpoint
from mmfsa.models import CapsuleAggregation
from mmfsa.registry import MODELS
from mmfsa.structures import Camera, Frame
from mmfsa.utils.depth import write_depth
from mmfsa.zoo import get_config

BOX = [40, 30, 120, 120]
CAMERA = dict(fx=400, fy=400, cx=79.5, cy=74.5, width=160, height=150)
MODELS_OF = 'deepheadpose_two_stream', 'deepheadpose_early', 'deepheadpose_depth'


@pytest.fixture(scope='module')
def checkpoints(tmp_path_factory):
    """Builds an experiment's network with random weights, once; its checkpoint and file."""
    built = {}

    def build(name):
        if name not in built:
            torch.manual_seed(0)
            model = with_random_weights(MODELS.build(get_config(name).model))
            folder = tmp_path_factory.mktemp(name)
            meta = dict(config=f'{name}.py')
            checkpoint = dict(state_dict=model.state_dict(), meta=meta)
            save_checkpoint(checkpoint, folder / 'a.pth')
            card = ModelCard.of(model, name, folder / 'a.pth')
            export_onnx(model, folder / 'a.onnx', card)
            built[name] = folder / 'a.pth', folder / 'a.onnx'
        return built[name]

    return build


def with_random_weights(model):
    """A network whose random weights let what it sees change its answers."""
    for part in model.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.momentum = 1.0  # take the statistics of one batch
        elif isinstance(part, CapsuleAggregation):
            torch.nn.init.normal_(part.weight, std=0.3)
    model.train()(torch.rand(16, model.inputs.channels, 64, 64) * 255)
    return model.eval()


def picture(**changes):
    """A bump of the form of a head, before nothing."""
    rows, columns = np.indices((150, 160))
    high = 90 - ((rows - 75) ** 2 + (columns - 80) ** 2) / 30
    depth = np.where(high > 0, 900 - high, 0).astype(np.uint16)
    image = np.random.default_rng(0).integers(0, 256, (150, 160, 3), dtype=np.uint8)
    return Frame(**dict(dict(image=image, depth=depth), **changes))


@pytest.mark.parametrize('name', MODELS_OF)
def test_the_exported_file_says_the_same(checkpoints, name):
    checkpoint, exported = checkpoints(name)
    frame = picture()
    one = HeadPosePredictor(name, checkpoint, device='cpu')(frame, boxes=[BOX])
    other = HeadPosePredictor(weights=exported)(frame, boxes=[BOX])
    assert one.valid.all() and np.abs(one.euler - other.euler).max() < 1e-3
    planes = get_config(name).model.inputs.modality.count('color') * 3 + 1
    assert one.extras['crop'][0].shape == (64, 64, planes)
    card = ModelCard.read(exported)
    assert card.inputs.planes == planes and 'relief: 128' in card.values
    # The depth is looked at, and so is the picture where the network sees it.
    frame.depth[60:90, 70:90] -= 30
    moved = HeadPosePredictor(weights=exported)(frame, boxes=[BOX])
    assert np.abs(moved.euler - one.euler).max() > 0.01


def test_what_is_no_depth(checkpoints):
    predictor = HeadPosePredictor(weights=checkpoints('deepheadpose_early')[1])
    with pytest.raises(ValueError, match='sees depth: give a depth map'):
        predictor(picture(depth=None), boxes=[BOX])
    with pytest.raises(ValueError, match='these are metres, and not millimetres'):
        predictor(picture(depth=picture().depth / 1000), boxes=[BOX])
    with pytest.raises(ValueError, match='has 80x75 pixels, and the image 160x150'):
        predictor(picture(depth=picture().depth[::2, ::2]), boxes=[BOX])
    for depth in (np.zeros((150, 160)), np.full((150, 160), 900)):  # holes; a wall
        poses = predictor(picture(depth=depth), boxes=[BOX])
        assert poses.valid.tolist() == [False]
        assert poses.reasons == ['the depth map shows no head in the place of the face']
    poses = predictor(picture(), boxes=[np.add(BOX, 1000)])
    assert poses.reasons == ['the image has no pixel of the face']


def test_relative_to_the_camera(checkpoints):
    predictor = HeadPosePredictor(
        weights=checkpoints('deepheadpose_early')[1],
        camera=Camera(400, 400, 79.5, 74.5),
    )
    poses = predictor(picture(), boxes=[BOX])
    assert poses.valid.all() and poses.extras['relative_to'] == ['camera']


def test_the_command(checkpoints, tmp_path, capsys):
    frame = picture()
    cv2.imwrite(str(tmp_path / 'frame.png'), frame.image)
    write_depth(frame.depth, tmp_path / 'depth.png')
    (tmp_path / 'kinect.json').write_text(json.dumps(CAMERA))
    exported = checkpoints('deepheadpose_two_stream')[1]
    arguments = ['predict', str(tmp_path / 'frame.png'), '--detector', 'none', '--json']
    arguments += ['--weights', str(exported)]
    depth = ['--depth', str(tmp_path / 'depth.png')]
    assert main([*arguments, *depth, '--camera', str(tmp_path / 'kinect.json')]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record['valid'] and record['relative_to'] == 'camera'
    assert main([*arguments, *depth]) == 0  # no camera is needed
    assert json.loads(capsys.readouterr().out)['valid']
    assert main(arguments) != 0
    assert 'sees depth: give a depth map' in capsys.readouterr().err


def test_several_frames_are_refused(checkpoints):
    method = create_model(weights=checkpoints('deepheadpose_early')[1])
    with pytest.raises(NotImplementedError, match='takes frames=2'):
        type(method)(method.network, method.spec.changed(frames=2), 'one')
