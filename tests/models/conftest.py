"""What the tests of the models share: small networks, data samples, golden outputs."""

import hashlib
import json
import re
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch

from mmfsa.engine import load_weights
from mmfsa.registry import MODELS
from mmfsa.structures import ANGLES, HeadPoseDataSample
from mmfsa.zoo import get_config
from mmfsa.zoo.convert import CONVERTERS, convert


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


@pytest.fixture(scope='session')
def model_of_file(tmp_path_factory):
    """Converts a file of the authors; gives its experiment's model, with its weights."""

    def load(file, name):
        path = tmp_path_factory.mktemp(name) / 'model.pth'
        assert convert(file, path) == f'{name}.py'
        model = MODELS.build(get_config(name).model).eval()
        load_weights(model, path)
        return model

    return load


@pytest.fixture(scope='session')
def golden(shared):
    """What the original code of a network gave, by the name of its golden file."""
    return lambda name: Golden(shared / 'reference/rivals/golden' / name)


@pytest.fixture(scope='module')
def original(golden):
    """A golden file, and our network of an experiment with the same weights.

    Files, which take time, are left out. One network is kept: some are large. Keywords
    are weights that the rule leaves out.
    """
    kept = {}

    def make(name, experiment, **weights):
        if name not in kept:
            kept.clear()
            file = golden(name)
            kept[name] = file, converted(file.weights(**weights), experiment)
        file, model = kept[name]
        return file, model.eval()

    return make


def converted(weights, experiment):
    """Our network of an experiment with an original's weights, by our converter."""
    tensors = {key: value.numpy() for key, value in weights.items()}
    (converter,) = (c for c in CONVERTERS if c.recognises(tensors))
    assert converter.experiment(tensors, Path('original.pth')) == experiment
    model = MODELS.build(get_config(experiment).model)
    model.load_state_dict(converter.state_dict(tensors, model, Path('original.pth')))
    return model


KINDS = 'rand', 'block'


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

    def made(self, key, *shape):
        """A tensor (NumPy) that the rule makes of a name that no tensor has."""
        return rule(key, shape, 'float32', self.story['rule_factors'])

    def _check(self, tensors):
        digest = hashlib.sha256()
        for key in sorted(tensors):
            if tensors[key].dtype == np.float32:
                digest.update(tensors[key].tobytes())
        expected = self.story['rule_check']['sha256_of_float32_bytes_sorted_keys']
        assert digest.hexdigest() == expected

    def images(self, kind):
        """The images `rand` or `block`, (N, C, H, W) of 0 to 1, not yet normalised."""
        n, channels, height, width = self.story.get('input_shape', (4, 3, 224, 224))
        if kind == 'rand':
            pixels = np.random.RandomState(0).rand(n, channels, height, width)
        else:
            cells = np.random.RandomState(2).rand(n, channels, 8, 8)
            factor = -(-max(height, width) // 8)
            pixels = cells.repeat(factor, 2).repeat(factor, 3)[..., :height, :width]
        return torch.from_numpy(pixels.astype(np.float32))

    def inputs(self, kind, model, num=None):
        """The first `num` images as the data preprocessor of our model normalises them."""
        images = self.images(kind)[:num]
        if model.inputs.color == 'RGB':
            images = images.flip(1)
        return model.data_preprocessor.normalize(images * 255)

    def check_features(self, kind, parts, run, rtol=1e-4):
        """Compare what parts of our network give while `run` runs it.

        Args:
            kind: The images that it runs on, or the first of them.
            parts: Modules by the names that their features have in the story.
            run: A function without arguments.
            rtol: The tolerance, in standard deviations of a feature.
        """
        given = {}

        def keep(name):
            def hook(_, __, output):
                given[name] = output.detach().clone()  # the next layer may change it

            return hook

        hooks = [part.register_forward_hook(keep(n)) for n, part in parts.items()]
        run()
        for hook in hooks:
            hook.remove()
        for name, output in given.items():
            told = self.story['features'][kind][name]
            assert list(output.shape[1:]) == told['shape'][1:], name
            pairs = zip(told['flat_index'], told['values'], strict=True)
            index, values = zip(
                *((i, v) for i, v in pairs if i < output.numel()), strict=True
            )
            torch.testing.assert_close(
                output.flatten()[list(index)],
                torch.tensor(values),
                rtol=0,
                atol=rtol * told['std'],
                msg=lambda message, name=name: f'{name}: {message}',
            )
        assert given.keys() == parts.keys()

    def check_bins(self, kind, model, num=None):
        """Compare logits and angles of a network that classifies into bins."""
        with torch.no_grad():
            outputs = model.head(model.extract_feat(self.inputs(kind, model, num)))
        for k, angle in enumerate(ANGLES):
            expected = self[f'{kind}_logits_{angle}'][:num]
            torch.testing.assert_close(
                outputs['logits'][:, k, : expected.shape[1]],
                expected,
                rtol=1e-5,
                atol=1e-4,
            )
        pose = model.head.decode(outputs)['pose']
        expected = self[f'{kind}_project_ypr'][:num]
        torch.testing.assert_close(pose, expected, rtol=0, atol=1e-3)

    def labels(self):
        """The labels (N, 3): yaw, pitch, roll in degrees."""
        num = self.story['input_shape'][0]
        return torch.from_numpy(np.random.RandomState(1).uniform(-60, 60, (num, 3)))

    def first_images(self, model):
        """The first image of each kind, see :meth:`inputs`."""
        return torch.cat([self.inputs(kind, model, 1) for kind in KINDS])

    def first(self, name):
        """What the original says of the first image of each kind."""
        return torch.cat([self[f'{kind}_{name}'][:1] for kind in KINDS])


@pytest.fixture(scope='session')
def check_gradients():
    return _check_gradients


def _check_gradients(file, model, loss, rel=2e-3):
    """Compare the norms of a loss's gradients with those of the original.

    The parameters are found by their order, which is the original's.
    """
    model.zero_grad()
    loss.backward()
    buffers = 'running_mean', 'running_var', 'num_batches_tracked'
    keys = [k for k, *_ in file.story['state_dict'] if not k.endswith(buffers)]
    parameters = dict(zip(keys, model.parameters(), strict=True))
    for key, norm in file.story['loss']['eval_float32']['grad_norm'].items():
        assert parameters[key].grad.norm().item() == pytest.approx(norm, rel=rel), key


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
