"""What the tests of the models share: small networks, data samples, golden outputs."""

import hashlib
import json
import re
import zlib

import numpy as np
import pytest
import torch

from mmfsa.registry import DATASETS, MODELS
from mmfsa.structures import HeadPoseDataSample
from mmfsa.zoo import get_config


@pytest.fixture(scope='session')
def samples():
    """Make data samples of poses; keywords become their metainfo."""

    def make(poses, **metainfo):
        return [
            HeadPoseDataSample(gt_pose=np.array(pose, np.float32), metainfo=metainfo)
            for pose in poses
        ]

    return make


@pytest.fixture(scope='session')
def network():
    """Build an estimator around a head, on crops (N, 3, 64, 64); keywords change it."""

    def build(head, **changes):
        torch.manual_seed(0)
        cfg = dict(
            type='HeadPoseEstimator',
            backbone=dict(type='TwoStreamBackbone'),
            neck=dict(
                type='FSANeck',
                scoring=dict(type='ConvScoring'),
                mapping=dict(type='StructureMapping'),
                aggregation=dict(type='LinearAggregation'),
            ),
            head=dict(type=head) if isinstance(head, str) else head,
        )
        model = MODELS.build({**cfg, **changes})
        model.init_weights()
        return model.eval()

    return build


@pytest.fixture
def few_steps(write_index):
    """Train an experiment on a few images, with its own data pipeline, model and loss.

    Returns the losses, which are the sum of all that the model names a loss.
    """

    def train(name, steps=4, batch=2, lr=1e-3):
        torch.manual_seed(0)
        cfg = get_config(name)
        model = MODELS.build(cfg.model)
        model.init_weights()
        dataset = cfg.train_dataloader.dataset
        dataset = {**dataset, 'data_root': str(write_index()), 'split': None}
        dataset = DATASETS.build(dataset)
        dataset.set_inputs(model.inputs)
        data = [dataset[i] for i in range(batch)]
        data = dict(
            inputs=[sample['inputs'] for sample in data],
            data_samples=[sample['data_samples'] for sample in data],
        )
        data = model.train().data_preprocessor(data, training=True)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        losses = []
        for _ in range(steps):
            found = model(**data, mode='loss')
            loss = sum(value for key, value in found.items() if 'loss' in key)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    return train


@pytest.fixture(scope='session')
def golden(shared):
    """What the original code of a network gave, by the name of its golden file."""
    return lambda name: Golden(shared / 'reference/rivals/golden' / name)


class Golden:
    """What the original code of one network gave.

    The arrays (.npz) have their story (.json): the names and shapes of the original's
    tensors, the rule that made its weights, the inputs, and what came out.

    Args:
        path: The file without its suffix.
    """

    def __init__(self, path):
        self.story = json.loads(path.with_suffix('.json').read_text())
        self.arrays = dict(np.load(path.with_suffix('.npz'), allow_pickle=False))

    def __getitem__(self, name):
        return torch.from_numpy(self.arrays[name])

    def weights(self, **kept):
        """The original's tensors by its own names, made by the rule of the story.

        `kept` are those that the rule leaves out, by their names.
        """
        tensors = {
            key: rule(key, tuple(shape), dtype, self.story['rule_factors'])
            for key, shape, dtype in self.story['state_dict']
        }
        tensors.update(kept)
        self._check(tensors)
        return {key: torch.from_numpy(value) for key, value in tensors.items()}

    def _check(self, tensors):
        digest = hashlib.sha256()
        for key in sorted(tensors):
            if tensors[key].dtype == np.float32:
                digest.update(tensors[key].tobytes())
        expected = self.story['rule_check']['sha256_of_float32_bytes_sorted_keys']
        assert digest.hexdigest() == expected

    def images(self, kind):
        """The images `rand` or `block`, (N, C, H, W) of 0 to 1, not yet normalised."""
        n, channels, height, width = self.story['input_shape']
        if kind == 'rand':
            pixels = np.random.RandomState(0).rand(n, channels, height, width)
        else:
            cells = np.random.RandomState(2).rand(n, channels, 8, 8)
            factor = -(-max(height, width) // 8)
            pixels = cells.repeat(factor, 2).repeat(factor, 3)[..., :height, :width]
        return torch.from_numpy(pixels.astype(np.float32))

    def labels(self):
        """The labels (N, 3): yaw, pitch, roll in degrees."""
        num = self.story['input_shape'][0]
        return torch.from_numpy(np.random.RandomState(1).uniform(-60, 60, (num, 3)))


def rule(key, shape, dtype, factors):
    """The tensor that the rule makes of a name and a shape."""
    if dtype != 'float32':
        return np.zeros(shape, dtype)
    random = np.random.RandomState(zlib.crc32(key.encode()))
    if key.endswith('running_var'):
        value = 0.5 + random.rand(*shape)
    elif key.endswith('running_mean'):
        value = 0.1 * random.randn(*shape)
    elif len(shape) == 1 and key.endswith('weight'):
        value = 1 + 0.1 * random.randn(*shape)
    elif len(shape) == 1:
        value = 0.1 * random.randn(*shape)
    else:
        value = random.randn(*shape) * np.sqrt(2 / np.prod(shape[1:]))
    factor = next((f for pattern, f in factors if re.search(pattern, key)), 1)
    return (value * factor).astype(np.float32)
