"""tools/model_converters/average_checkpoints.py on a few random images."""

import re
from functools import partial

import pytest
import torch
from mmengine import Config
from mmengine.runner import Runner

from mmfsa.engine import load_checkpoint, save_checkpoint
from mmfsa.registry import MODELS
from mmfsa.utils import register_all_modules

DISTORTIONS = 'RandomCropPaste', 'RandomZoom'


@pytest.fixture
def average(experiment, run_tool, monkeypatch):
    """Run the tool on the small experiment."""
    monkeypatch.syspath_prepend(str(experiment.parent))
    return partial(run_tool, 'model_converters/average_checkpoints.py', experiment)


@pytest.fixture
def checkpoints(experiment, tmp_path):
    """Two of a network, with other weights."""
    paths = tmp_path / 'a.pth', tmp_path / 'b.pth'
    for seed, path in enumerate(paths):
        torch.manual_seed(seed)
        model = MODELS.build(Config.fromfile(experiment).model)
        save_checkpoint(dict(state_dict=model.state_dict(), meta={}), path)
    return paths


def test_weights_are_averaged_and_statistics_taken_of_training_faces(
    average, checkpoints, experiment, tmp_path
):
    out = tmp_path / 'mean.pth'
    average(*checkpoints, out, '--without', *DISTORTIONS)
    mean = load_checkpoint(out)
    assert mean['meta']['config'] == 'tiny_p1.py'
    a, b = (load_checkpoint(path)['state_dict'] for path in checkpoints)
    cfg = Config.fromfile(experiment)
    model = MODELS.build(cfg.model)
    for name, _ in model.named_parameters():
        torch.testing.assert_close(mean['state_dict'][name], (a[name] + b[name]) / 2)

    # Undistorted faces are the same in any order: what the first norm sees of them all.
    model.load_state_dict(mean['state_dict'])
    first = next(m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d))
    seen = []
    first.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    register_all_modules()
    loader = cfg.train_dataloader
    loader.dataset.pipeline = [loader.dataset.pipeline[-1]]
    loader.batch_size = 20
    (faces,) = Runner.build_dataloader(loader)
    with torch.no_grad():
        model(model.data_preprocessor(faces)['inputs'])
    expected = seen[0].mean((0, 2, 3))
    torch.testing.assert_close(first.running_mean, expected, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(
        first.running_var, seen[0].var((0, 2, 3)), rtol=0.05, atol=1e-3
    )


def test_of_one_checkpoint_the_weights_stay(average, checkpoints, tmp_path):
    average(checkpoints[0], tmp_path / 'new.pth', '--batches', 1)
    before, after = (
        load_checkpoint(path)['state_dict']
        for path in (checkpoints[0], tmp_path / 'new.pth')
    )
    assert list(before) == list(after)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert {name.rpartition('.')[2] for name in changed} == {
        'running_mean',
        'running_var',
        'num_batches_tracked',
    }


def test_what_is_left_out_must_be_there(average, checkpoints, tmp_path):
    out = tmp_path / 'out.pth'
    reported = average(*checkpoints, out, '--without', 'Blur', fails=True)
    assert re.match(
        r'error: --without Blur: .* tiny_p1\.py undergo Pack.*, RandomCrop', reported
    )
    reported = average(*checkpoints, out, '--batches', 0, fails=True)
    assert reported.startswith('error: --batches must be 1 or more')
    assert not out.exists()
