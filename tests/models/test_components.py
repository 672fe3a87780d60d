"""Every registered component: forward, backward, dtypes, export, odd batches, bad input."""

import pytest
import torch
from torch import nn

from mmfsa.models.heads import BaseHead
from mmfsa.models.losses import BaseLoss
from mmfsa.registry import MODELS

HAVE_TESTS_OF_THEIR_OWN = {
    'ColorDepthBackbone',
    'FacePoints',
    'FacePreprocessor',
    'FAN',
    'RecurrentEstimator',
    'RecurrentHead',
    'SecondLook',
    'TimmBackbone',
}


class Saying(nn.Module):
    """Some outputs of a head, in the place of its outputs by name."""

    def __init__(self, head, names):
        super().__init__()
        self.head = head
        self.names = names

    def forward(self, features):
        raw = self.head(features)
        outputs = {**raw, **self.head.decode(raw)}
        said = tuple(outputs[name] for name in self.names)
        return said if len(said) > 1 else said[0]


class Case:
    """A component, its inputs for a batch of n, and the shape of its output.

    Of a head, `names` are the outputs that count.
    """

    def __init__(self, cfg, inputs, out_shape, names=('pose',)):
        self.cfg, self.inputs, self.out_shape = cfg, inputs, out_shape
        self.names = names

    def build(self):
        torch.manual_seed(0)
        module = MODELS.build(self.cfg)
        if hasattr(module, 'init_weights'):
            module.init_weights()
        return Saying(module, self.names) if isinstance(module, BaseHead) else module


def images(size=64, channels=3):
    return lambda n: (torch.rand(n, channels, size, size) * 255,)


def features(*shapes):
    return lambda n: ([torch.randn(n, *shape) for shape in shapes],)


def tensor(*shape):
    return lambda n: (torch.randn(n, *shape),)


def heatmaps(n):
    """Two stacks of maps without two pixels alike, which bfloat16 holds exactly."""
    order = torch.rand(2, n, 68, 64).argsort(dim=3)
    return ([*order.unflatten(3, (8, 8)).float()],)


def mapping_inputs(n):
    return torch.randn(n, 192, 64), [torch.rand(n, 8, 8) for _ in range(3)]


U = ((64, 8, 8),) * 3
AGGREGATION = dict(num_candidates=21)
NECK = dict(
    type='FSANeck',
    scoring=dict(type='ConvScoring'),
    mapping=dict(type='StructureMapping'),
    aggregation=dict(type='CapsuleAggregation'),
)
CASES = {
    'TwoStreamBackbone': Case(dict(type='TwoStreamBackbone'), images(), U),
    'TwoStreamBackbone-96': Case(
        dict(type='TwoStreamBackbone', input_size=96), images(96), ((64, 12, 12),) * 3
    ),
    'TwoStreamBackbone-2-stages': Case(
        dict(
            type='TwoStreamBackbone',
            stages=((8, 'P', 16, 'P'), (24, 'P')),
            out_channels=12,
            in_channels=1,
            input_size=32,
        ),
        images(32, channels=1),
        ((12, 4, 4),) * 2,
    ),
    'TwoStreamBackbone-SSR': Case(
        dict(type='TwoStreamBackbone', fusion_pools=(2, 2, 2), pool_streams=True),
        images(),
        ((64, 4, 4), (64, 4, 4), (64, 8, 8)),
    ),
    'TwoStreamBackbone-omasaht': Case(
        dict(type='TwoStreamBackbone', stem_relu=True, bn=dict(eps=1e-5)), images(), U
    ),
    'ConvScoring': Case(
        dict(type='ConvScoring', in_channels=64), tensor(64, 8, 8), (8, 8)
    ),
    'VarianceScoring': Case(
        dict(type='VarianceScoring', in_channels=64), tensor(64, 8, 8), (8, 8)
    ),
    'UniformScoring': Case(
        dict(type='UniformScoring', in_channels=64), tensor(64, 8, 8), (8, 8)
    ),
    'StructureMapping': Case(
        dict(type='StructureMapping', num_pixels=64),
        mapping_inputs,
        ((21, 64), ((3, 5, 192), (7, 5), (3, 7, 192))),
    ),
    'CapsuleAggregation': Case(
        dict(type='CapsuleAggregation', **AGGREGATION), tensor(21, 64), (3, 16)
    ),
    'NetVLADAggregation': Case(
        dict(type='NetVLADAggregation', **AGGREGATION), tensor(21, 64), (3, 16)
    ),
    'LinearAggregation': Case(
        dict(type='LinearAggregation', **AGGREGATION), tensor(21, 64), (3, 16)
    ),
    'FSANeck': Case(NECK, features(*U), (3, 16)),
    'FSANeck-wo': Case(
        dict(type='FSANeck', aggregation=dict(type='CapsuleAggregation')),
        features(*U),
        (3, 16),
    ),
    'FSANeck-wo-as-the-configs-say': Case(
        dict(NECK, scoring=dict(type='UniformScoring'), mapping=None),
        features(*U),
        (3, 16),
    ),
    'FSANeck-as-tuple': Case(dict(NECK, as_tuple=True), features(*U), ((3, 16),)),
    'FSANeck-omasaht': Case(dict(NECK, transpose=False), features(*U), (3, 16)),
    'FSANeck-2-stages': Case(
        dict(
            NECK,
            mapping=dict(type='StructureMapping', num_structures=4, num_features=3),
            aggregation=dict(type='CapsuleAggregation', out_channels=8),
            num_stages=2,
            in_channels=12,
            in_size=(4, 6),
        ),
        features((12, 4, 6), (12, 4, 6)),
        (2, 8),
    ),
    'StageAlignment': Case(
        dict(type='StageAlignment', in_channels=(8, 16, 32)),
        features((8, 16, 16), (16, 8, 8), (32, 4, 4)),
        U,
    ),
    'StructurePooling': Case(
        dict(type='StructurePooling', in_channels=(8, 16), size=4),
        features((8, 16, 16), (16, 8, 8)),
        ((2 * 7 * 64,),),
    ),
    'StructurePooling-map': Case(
        dict(
            type='StructurePooling',
            in_channels=(8, 16),
            out='map',
            channels=12,
            size=(4, 6),
            scoring=dict(type='VarianceScoring'),
            mapping=dict(type='StructureMapping', num_features=3),
        ),
        features((8, 16, 24), (16, 8, 12)),
        ((24, 4, 6),),
    ),
    'FlattenNeck': Case(dict(type='FlattenNeck'), features(*U), ((4096,),) * 3),
    'SSRHead': Case(dict(type='SSRHead'), tensor(3, 16), (3,)),
    'SSRHead-spread': Case(
        dict(type='SSRHead', spread=True),
        tensor(3, 16),
        ((3,), (3, 3)),
        ('pose', 'spread'),
    ),
    'SSRHead-2-stages': Case(
        dict(
            type='SSRHead',
            num_stages=2,
            in_channels=8,
            num_bins=(3, 5),
            angle_range=180.0,
            lambda_=0.5,
        ),
        tensor(2, 8),
        (3,),
    ),
    'SSRNetMDHead': Case(
        dict(type='SSRNetMDHead', in_features=(16, 16, 64)),
        features((16,), (16,), (64,)),
        (3,),
    ),
    'Rotation6DHead': Case(dict(type='Rotation6DHead'), tensor(3, 16), (3,)),
    'Rotation6DHead-pooled': Case(
        dict(type='Rotation6DHead', in_features=24), features((16,), (8, 5, 4)), (3,)
    ),
    'BinnedHead': Case(dict(type='BinnedHead'), tensor(3, 16), (3,)),
    'BinnedHead-pooled': Case(
        dict(type='BinnedHead', in_features=24, num_bins=90, angle_range=180.0),
        features((16,), (8, 1, 1)),
        (3,),
    ),
    'OpNetBackbone': Case(dict(type='OpNetBackbone'), images(65, channels=1), (1024,)),
    'OpNetBackbone-quantized': Case(
        dict(type='OpNetBackbone', quantized=True), images(65, channels=1), (1024,)
    ),
    'OpNetHead': Case(
        dict(type='OpNetHead', in_features=64, dropout=0.0),
        tensor(64),
        ((3,), (3, 3), (3,), (3, 3), (4,), (4,)),
        ('pose', 'spread', 'place', 'place_spread', 'head_box', 'box_scales'),
    ),
    'BinnedHead-unequal': Case(
        dict(
            type='BinnedHead',
            num_bins=(20, 11, 12),
            angle_range=(180.0, 99.0, 90.0),
            stands_for='left',
            relu=True,
        ),
        tensor(3, 16),
        (3,),
    ),
    'QuaternionHead': Case(
        dict(type='QuaternionHead', in_features=48), tensor(3, 16), (3,)
    ),
    'MatrixFisherHead': Case(
        dict(type='MatrixFisherHead', in_features=48, hidden=(24, 12)),
        tensor(3, 16),
        ((3,), ()),
        ('pose', 'spread'),
    ),
    'OrientationTokens': Case(
        dict(type='OrientationTokens', in_channels=24, grid=(2, 3), depth=1),
        features((7, 24)),
        (9, 128),
    ),
    'RegionHead': Case(
        dict(type='RegionHead'),
        tensor(9, 128),
        ((6,), (9, 3, 3)),
        ('rotation_6d', 'region_rotation'),
    ),
    'RepVGG': Case(
        dict(
            type='RepVGG',
            widths=(8, 8, 16, 24, 32),
            depths=(2, 2, 1, 1),
            out_indices=(3, 4),
        ),
        images(64),
        ((24, 4, 4), (32, 2, 2)),
    ),
    'OpalBackbone': Case(dict(type='OpalBackbone'), images(128), ((256, 1, 1),)),
    'ShuffleNetV2': Case(
        dict(type='ShuffleNetV2', channels=(8, 16, 24, 32, 48), repeats=(2, 3, 1)),
        images(64),
        ((48, 2, 2),),
    ),
    'LandmarkHead': Case(
        dict(type='LandmarkHead', in_features=16, points=dict(subset='inner')),
        tensor(16),
        ((3,), (3, 3), (68, 2)),
        names=('pose', 'rotation', 'landmarks'),
    ),
    'FaceApiBackbone': Case(
        dict(type='FaceApiBackbone', channels=(8, 16), convs=3),
        images(64),
        ((16, 16, 16),),
    ),
    'ResidualBackbone': Case(dict(type='ResidualBackbone'), images(64), ((32, 4, 4),)),
    'ResidualBackbone-small': Case(
        dict(type='ResidualBackbone', stem=8, blocks=((8, 1), (12, 2)), out_channels=4),
        images(32),
        ((4, 8, 8),),
    ),
    'HeatmapHead': Case(
        dict(type='HeatmapHead'),
        heatmaps,
        ((3,), (68, 2)),
        names=('pose', 'landmarks'),
    ),
    'MobileNetV1': Case(dict(type='MobileNetV1'), images(64), ((1024, 2, 2),)),
    'MobileNetV1-half': Case(
        dict(type='MobileNetV1', width=0.5, shortcuts=True), images(64), ((512, 2, 2),)
    ),
    'MobileNetV2': Case(dict(type='MobileNetV2'), images(64), ((1280, 2, 2),)),
    'MorphableModelHead': Case(
        dict(type='MorphableModelHead', in_features=48),
        tensor(3, 16),
        ((3,), (40,), (10,)),
        names=('pose', 'shape', 'expression'),
    ),
    'LightweightCNN': Case(dict(type='LightweightCNN'), images(64), ((128, 2, 2),)),
    'AngleHead': Case(dict(type='AngleHead', in_features=48), tensor(3, 16), (3,)),
    'AngleHead-hidden': Case(
        dict(type='AngleHead', in_features=24, hidden=(32, 16)),
        features((16,), (8, 5, 4)),
        (3,),
    ),
    'Adas0001Backbone': Case(dict(type='Adas0001Backbone'), images(60), ((512, 2, 2),)),
    'Adas0001Head': Case(
        dict(type='Adas0001Head', in_channels=16, num_pixels=6),
        features((16, 2, 3)),
        (3,),
    ),
    'TriNetBackbone': Case(
        dict(type='TriNetBackbone', out_channels=12), images(64), ((12, 8, 8),) * 3
    ),
    'TriNetNeck': Case(dict(type='TriNetNeck', neck=NECK), features(*U), (3, 3, 16)),
    'VectorHead': Case(dict(type='VectorHead'), tensor(3, 3, 16), (3, 3), ('vectors',)),
    'HeadPoseEstimator': Case(
        dict(
            type='HeadPoseEstimator',
            backbone=dict(type='TwoStreamBackbone', input_size=(64, 96)),
            neck=dict(NECK, in_size=(8, 12)),
            head=dict(type='SSRHead'),
        ),
        lambda n: (torch.rand(n, 3, 64, 96) * 255,),
        (3,),
    ),
    'FusionEstimator': Case(
        dict(
            type='FusionEstimator',
            estimators=[
                dict(
                    type='HeadPoseEstimator',
                    backbone=dict(type='TwoStreamBackbone'),
                    neck=dict(NECK, scoring=dict(type=scoring)),
                    head=dict(type='SSRHead'),
                )
                for scoring in ('ConvScoring', 'VarianceScoring')
            ],
        ),
        images(),
        (3,),
    ),
}
every_case = pytest.mark.parametrize('case', CASES.values(), ids=CASES.keys())


def leaves(output):
    if isinstance(output, torch.Tensor):
        return [output]
    return [leaf for item in output for leaf in leaves(item)]


def shapes(output):
    if isinstance(output, torch.Tensor):
        return tuple(output.shape)
    return tuple(shapes(item) for item in output)


def with_batch(shape, n):
    if all(isinstance(side, int) for side in shape):
        return (n, *shape)
    return tuple(with_batch(item, n) for item in shape)


def cast(inputs, **to):
    if isinstance(inputs, torch.Tensor):
        return inputs.to(**to)
    return type(inputs)(cast(item, **to) for item in inputs)


def test_every_registered_component_has_a_case():
    MODELS.import_from_location()
    ours = {
        name
        for name, cls in MODELS.module_dict.items()
        if cls.__module__.startswith('mmfsa.models.') and not issubclass(cls, BaseLoss)
    }
    assert ours - HAVE_TESTS_OF_THEIR_OWN == {name.split('-')[0] for name in CASES}


@every_case
@pytest.mark.parametrize('n', [0, 1, 2, 5])
def test_forward_keeps_the_batch(case, n):
    output = case.build().eval()(*case.inputs(n))
    assert shapes(output) == with_batch(case.out_shape, n)
    assert all(leaf.isfinite().all() for leaf in leaves(output))


@every_case
def test_samples_do_not_mix(case):
    """In evaluation mode a sample's output does not depend on its batch."""
    module = case.build().eval()
    inputs = case.inputs(3)

    def second(item):
        if isinstance(item, torch.Tensor):
            return item[1:2]
        return type(item)(second(part) for part in item)

    alone = leaves(module(*second(inputs)))
    together = leaves(module(*inputs))
    for a, b in zip(alone, together, strict=True):
        torch.testing.assert_close(a, b[1:2], rtol=1e-4, atol=1e-4)


@every_case
def test_every_parameter_receives_a_finite_gradient(case):
    module = case.build().train()
    output = module(*case.inputs(4))
    if not list(module.parameters()):
        assert not any(leaf.requires_grad for leaf in leaves(output))
        return
    generator = torch.Generator().manual_seed(1)
    sum(
        (leaf * torch.rand(leaf.shape, generator=generator)).sum()
        for leaf in leaves(output)
    ).backward()
    for name, parameter in module.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        # A bias before batch normalisation has a gradient of zero, up to rounding.
        assert parameter.grad.any(), name


@every_case
def test_bfloat16_is_close(case):
    module = case.build().eval()
    inputs = case.inputs(2)
    expected = leaves(module(*inputs))
    half = leaves(module.bfloat16()(*cast(inputs, dtype=torch.bfloat16)))
    for a, b in zip(half, expected, strict=True):
        assert a.dtype == torch.bfloat16
        assert a.isfinite().all()
        assert (a.float() - b).abs().max() <= 0.1 * b.abs().max() + 0.05


@every_case
def test_exports_with_a_dynamic_batch(case):
    module = case.build().eval()
    inputs = case.inputs(2)
    batch = torch.export.Dim('batch', min=1, max=64)

    def dynamic(item):
        if isinstance(item, torch.Tensor):
            return {0: batch}
        return type(item)(dynamic(part) for part in item)

    program = torch.export.export(module, inputs, dynamic_shapes=dynamic(inputs))
    others = case.inputs(3)
    for a, b in zip(
        leaves(program.module()(*others)), leaves(module(*others)), strict=True
    ):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ('name', 'inputs', 'message'),
    [
        ('TwoStreamBackbone', tensor(4, 64, 64), r'\(N, 3, H, W\), got \(2, 4, 64, 64'),
        ('TwoStreamBackbone', tensor(3, 64), r'got \(2, 3, 64\)'),
        ('FSANeck', features(*U[:2]), r'takes features .* got \(\(64, 8, 8\), \(64'),
        ('FSANeck', features((64, 8, 8), (64, 8, 8), (64, 4, 4)), r'\(64, 4, 4\)'),
        ('StageAlignment', features(*U), r'\(8, 16, 32\) channels, got \(64, 64, 64\)'),
        ('StructurePooling', features((8, 16, 16)), r'\(8, 16\) channels, got \(8,\)'),
        ('SSRHead', tensor(3, 8), r'V must be \(N, 3, 16\), got \(2, 3, 8\)'),
        ('SSRNetMDHead', features((16,), (16,), (8,)), r'\(16, 16, 64\), got \(16, 16'),
        ('Rotation6DHead', tensor(3, 8), r'in_features=48 .*, got 24 .*\(2, 3, 8\)'),
        ('BinnedHead', features((16,), (16,)), r'in_features=48 .*, got 32'),
        ('HeadPoseEstimator', images(64), r'the neck takes features'),
    ],
)
def test_wrong_shapes_are_refused(name, inputs, message):
    with pytest.raises(ValueError, match=message):
        CASES[name].build()(*inputs(2))


@pytest.mark.parametrize(
    ('cfg', 'message'),
    [
        (dict(type='TwoStreamBackbone', input_size=60), r'\(60, 60\).*\[8, 8, 8\]'),
        (dict(type='TwoStreamBackbone', input_size=0), r'\(0, 0\)'),
        (dict(type='TwoStreamBackbone', fusion_pools=(2, 2)), r'3 stages'),
        (dict(NECK, mapping=None), r'ConvScoring would never be trained'),
        (dict(NECK, scoring=None), r"scoring=dict\(type='ConvScoring'\)"),
        (dict(type='VarianceScoring', in_channels=1), r'got 1'),
        (dict(type='StructurePooling', in_channels=(8,), out='box'), r"got 'box'"),
        (dict(type='CapsuleAggregation', routings=0, **AGGREGATION), r'got 0'),
        (dict(type='SSRHead', in_channels=6), r'multiple of 4, got 6'),
        (dict(type='BinnedHead', num_bins=1), r'at least 2, got 1'),
        (dict(type='SSRHead', num_bins=(3, 3)), r'num_bins \(3, 3\).*3 stages'),
        (
            dict(
                CASES['HeadPoseEstimator'].cfg, backbone=dict(type='TwoStreamBackbone')
            ),
            r'\(64, 8, 8\).*the neck takes.*\(64, 8, 12\)',
        ),
        (dict(type='FusionEstimator', estimators=[]), r'at least one'),
    ],
)
def test_shapes_that_cannot_work_are_refused_at_construction(cfg, message):
    with pytest.raises(ValueError, match=message):
        MODELS.build(cfg)
