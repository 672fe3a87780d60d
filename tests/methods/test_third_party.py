"""A method of somebody else goes all the way, with no edit inside the package.

It takes 96 pixels, RGB, normalised, with four-sided padding. It answers in 6D, and has no
neck.
"""

import json

import cv2
import numpy as np
import pytest

from mmfsa import HeadPoseInferencer, HeadPosePredictor, create_model
from mmfsa.cli import main
from mmfsa.deploy import ModelCard
from mmfsa.deploy.parity import reference_poses
from mmfsa.engine import load_checkpoint
from mmfsa.inputs import InputSpec, cut

from .conftest import CONFIG, RULE


@pytest.fixture(scope='module')
def trained(config, data_root, run_tool, tmp_path_factory):
    """The checkpoint of one epoch."""
    folder = tmp_path_factory.mktemp('trained')
    options = ['train_cfg.max_epochs=1', 'param_scheduler.total_steps=1']
    loader = ['batch_size=10', 'num_workers=0', 'persistent_workers=False']
    options += [f'train_dataloader.{option}' for option in loader]
    options += ['val_dataloader.num_workers=0']
    run_tool(
        *('train.py', config, '--data-root', data_root, '--work-dir', folder),
        *('--cfg-options', *options),
    )
    return folder / 'epoch_1.pth'


@pytest.fixture(scope='module')
def exported(config, trained, run_tool):
    path = trained.with_suffix('.onnx')
    run_tool('deployment/export_onnx.py', config, trained, path)
    return path


@pytest.fixture(scope='module')
def face(data_root):
    """A picture, and the box of all 68 landmarks of its face."""
    index = json.loads((data_root / 'synth/index.json').read_text())
    entry = index['data_list'][0]
    image = cv2.imread(str(data_root / 'synth' / entry['img_path']))
    return image, entry['boxes']['landmarks68']


def test_the_config_is_short():
    assert len(CONFIG.splitlines()) <= 25


def test_its_checkpoint_says_what_it_takes(trained):
    meta = load_checkpoint(trained)['meta']
    spec = InputSpec.from_dict(meta['inputs'])
    assert spec.size == (96, 96) and spec.color == 'RGB' and spec.rule == RULE
    assert meta['config'] == 'somebodys_method.py'


def test_is_scored_with_a_true_card(config, trained, data_root, run_tool, tmp_path):
    out = tmp_path / 'results.json'
    run_tool(
        *('test.py', config, trained, '--data-root', data_root, '--test-set', 'synth'),
        *('--out', out, '--work-dir', tmp_path, '--cfg-options'),
        'test_sets.synth.dataloader.num_workers=0',
    )
    result = json.loads(out.read_text())
    protocol = result['protocol']
    assert protocol['crop'] == RULE and protocol['color_order'] == 'RGB'
    assert protocol['num_kept'] == 10
    assert result['metrics']['head_pose/coverage'] == 1
    # The checkpoint and the file exported from it have the same score.
    assert 0 < result['metrics']['head_pose/MAE'] < 90


def test_the_exported_file_is_scored_alike(
    config, trained, exported, data_root, run_tool, tmp_path
):
    maes = []
    for weights, backend in ((trained, 'torch'), (exported, 'onnxruntime')):
        out = tmp_path / f'{backend}.json'
        run_tool(
            *('test.py', config, weights, '--backend', backend, '--out', out),
            *('--data-root', data_root, '--test-set', 'synth', '--work-dir', tmp_path),
            *('--cfg-options', 'test_sets.synth.dataloader.num_workers=0'),
        )
        result = json.loads(out.read_text())
        assert result['protocol']['color_order'] == 'RGB'
        maes.append(result['metrics']['head_pose/MAE'])
    assert maes[0] == pytest.approx(maes[1], abs=1e-3)


def test_the_exported_file_describes_itself(exported):
    card = ModelCard.read(exported)
    assert card.config == 'somebodys_method' and card.inputs.rule == RULE
    assert (card.width, card.height) == (96, 96)


def test_predicts_the_same_everywhere(config, trained, exported, face):
    """Own boxes in torch, in ONNX Runtime, and by hand: one crop, one pose."""
    image, box = face
    method = create_model(config, trained, device='cpu')
    crop, _ = cut(image, method.spec, method.spec.box(box, image.shape[1::-1]))
    expected = reference_poses(method.model, crop[None])
    for model, weights in ((config, trained), (None, exported)):
        poses = HeadPosePredictor(model, weights, device='cpu')(image, [box])
        np.testing.assert_allclose(poses.euler, expected, atol=1e-3)
        assert poses.valid.all() and poses.rotation.shape == (1, 3, 3)


def test_the_inferencer_needs_nothing_but_the_exported_file(exported, face):
    """No experiment of the zoo has that name."""
    inferencer = HeadPoseInferencer(weights=exported, detector='none', device='cpu')
    (result,) = inferencer(face[0])
    ((record,),) = result['predictions']
    assert record['model'] == 'somebodys_method' and record['valid']


def test_the_command_takes_it(config, trained, exported, data_root, capsys):
    photo = str(data_root / 'synth/0.png')
    options = ['--detector', 'none', '--device', 'cpu', '--json']
    of_config = ['--model', config, '--trust-config', '--weights', trained]
    for model in (of_config, ['--weights', exported]):
        assert main(['predict', photo, *map(str, model), *options]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first['yaw'] == pytest.approx(second['yaw'], abs=2e-3)
    assert first['crop_box'] == second['crop_box'] == [0, 0, 120, 120]
