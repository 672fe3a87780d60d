"""The input spec: its box arithmetic, its words, and its way through files."""

import json

import pytest
import torch

from mmfsa.inputs import CropRule, InputSpec, Jitter

SIZE = (330, 220)


@pytest.mark.parametrize(
    ('rule', 'expected'),
    [
        ({}, (40, 0, 260, 168)),  # 100 - 0.6 · 100, and cut at the image
        (dict(border='replicate'), (40, -8, 260, 168)),
        (dict(pad=0, border='constant'), (100, 40, 200, 120)),
        (dict(pad=0, inclusive=True), (100, 40, 201, 121)),
        (dict(pad=(0.1, 0.25, 0.3, 0.5)), (90, 20, 230, 160)),
        (dict(pad=0, square=True, border='reflect'), (100, 30, 200, 130)),
        (dict(pad=0, scale=1.5, border='reflect'), (75, 20, 225, 140)),
        (dict(pad=0, shift=(0.1, -0.25), border='reflect'), (110, 20, 210, 100)),
        (
            dict(pad=0, square=True, scale=2, shift=(0, -0.1), border='reflect'),
            (50, -30, 250, 170),
        ),
        # 100.9 - 0.5 · 99.1 is 51.35, 200 + 0.5 · 99.1 is 249.55
        (dict(pad=(0.5, 0, 0.5, 0), whole='truncate_crop'), (51, 40, 249, 120)),
        # 150.45 and 80.1 are the centre, half of 1.5 · 99.1 is 74.325
        (dict(pad=0, square=True, scale=1.5, whole='round'), (76, 6, 225, 154)),
    ],
)
def test_the_box_of_a_face(rule, expected):
    spec = InputSpec(crop=rule)
    assert spec.box([100.9, 40.2, 200, 120], SIZE) == expected


def test_the_steps_come_in_their_order():
    """Hopenet's crop grows each side from the side that moved before: four numbers."""
    k, w, h = 0.2, 100, 80
    x_min, y_min, x_max, y_max = 100, 40, 200, 120
    x_min -= 2 * k * (x_max - x_min)
    y_min -= 2 * k * (y_max - y_min)
    x_max += 2 * k * (x_max - x_min)
    y_max += 0.6 * k * (y_max - y_min)
    pad = 2 * k, 2 * k, 2 * k * (1 + 2 * k), 0.6 * k * (1 + 2 * k)
    spec = InputSpec(crop=dict(pad=pad, border='constant'))
    box = spec.box([100, 40, 200, 120], SIZE)
    assert box == (int(x_min), int(y_min), int(x_max), int(y_max))
    assert (w, h) == (100, 80)


@pytest.mark.parametrize('border', ['clamp', 'replicate'])
@pytest.mark.parametrize('square', [False, True])
@pytest.mark.parametrize('whole', ['truncate', 'truncate_crop', 'round'])
def test_many_faces_have_the_boxes_of_each(border, square, whole):
    rule = CropRule(
        pad=(0.1, 0.2, 0.3, 0.4), square=square, border=border, scale=1.1, whole=whole
    )
    boxes = torch.randint(0, 90, (50, 2)).repeat(1, 2) + torch.tensor([0, 0, 60, 80])
    jitter = Jitter(right=0.05, down=-0.02, wider=0.1)
    many = rule.apply(boxes.double().T, SIZE, jitter)
    for i, box in enumerate(boxes.tolist()):
        one = rule.apply(box, SIZE, jitter)
        assert one == tuple(int(side[i]) for side in many)


def test_a_box_of_another_kind_is_converted():
    spec = InputSpec(crop=dict(pad=0, border='constant'))
    left, top, right, bottom = spec.box([0, 0, 100, 100], SIZE, 'centerface')
    assert (right - left, bottom - top) == (pytest.approx(89, abs=1), 72)
    with pytest.raises(ValueError, match="kind 'nose'"):
        spec.box([0, 0, 1, 1], SIZE, 'nose')


def test_a_crop_gets_nothing_added():
    spec = InputSpec(crop=dict(pad=0.6, scale=2, shift=(1, 1)))
    assert spec.box([0, 0, 63, 63], (64, 64), 'crop') == (0, 0, 64, 64)


def test_goes_through_json_and_back():
    spec = InputSpec(
        size=(96, 128),
        color='RGB',
        mean=(1.0, 2.0, 3.0, 4.0),
        std=(4.0,),
        interpolation='area',
        modality='color+depth',
        frames=5,
        crop=CropRule(
            box='landmarks68', pad=(0.1, 0.2, 0.3, 0.4), square=True, align='eyes'
        ),
    )
    assert InputSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec
    assert InputSpec.from_dict(None) == InputSpec()
    assert InputSpec.from_dict(spec) is spec
    assert hash(spec) == hash(InputSpec.from_dict(spec.to_dict()))


def test_the_official_rule_in_words():
    assert InputSpec().rule == (
        'face box + 0.6 of its size on each side, cut at the image, exclusive end, '
        'resized to 64x64 bilinear'
    )
    spec = InputSpec(96, crop=dict(pad=(0, 0.5, 0, 0.1), square=True, scale=1.2))
    assert spec.rule == (
        'face box + 0 left, 0.5 above, 0 right, 0.1 below, squared, times 1.2, cut at '
        'the image, exclusive end, resized to 96x96 bilinear'
    )


def test_what_a_config_leaves_out_is_the_default():
    default = dict(size=48, color='RGB', crop=dict(scale=1.5, square=True))
    spec = InputSpec.from_dict(dict(crop=dict(scale=2)), default)
    assert (spec.size, spec.color) == ((48, 48), 'RGB')
    assert (spec.crop.scale, spec.crop.square) == (2, True)
    assert InputSpec.from_dict(None, default) == InputSpec.from_dict(default)
    with pytest.raises(ValueError, match='colour'):
        InputSpec.from_dict(dict(colour='RGB'), default)


def test_changed_keeps_the_rest_of_the_rule():
    spec = InputSpec(crop=dict(pad=0.3, square=True)).changed(
        crop=dict(pad=0.1), size=80
    )
    assert spec.crop == CropRule(pad=0.1, square=True) and spec.size == (80, 80)


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        (dict(size=0), r'size must be \(width, height\)'),
        (dict(size=(1, 2, 3)), 'size must be'),
        (dict(color='HSV'), 'color must be one of'),
        (dict(mean=(1, 2)), '3 numbers, one, or none'),
        (dict(std=(1, 0, 1)), 'std must be above 0'),
        (dict(interpolation='magic'), 'interpolation must be'),
        (dict(modality='sound'), 'modality must be'),
        (dict(frames=0), 'frames must be 1 or more'),
        (dict(crop=dict(pad=-0.5)), 'pad must be four sides'),
        (dict(crop=dict(pad=(0.1, 0.2))), 'pad must be four sides'),
        (dict(crop=dict(border='wrap')), 'border must be one of'),
        (dict(crop=dict(scale=0)), 'scale must be above 0'),
        (dict(crop=dict(align='nose')), 'align must be one of'),
        (dict(crop=dict(padding=0.1)), "CropRule has no 'padding': it takes"),
        (dict(colour='BGR'), "InputSpec has no 'colour': it takes"),
    ],
)
def test_bad_values_are_named(values, message):
    with pytest.raises(ValueError, match=message):
        InputSpec.from_dict(values)


def test_a_square_of_the_shorter_side_lies_at_the_centre():
    """As an image whose shorter side becomes 256 pixels, of which 224 are cut out."""
    rule = CropRule(pad=0, square='shorter', scale=224 / 256, border='constant')
    spec = InputSpec(size=224, crop=rule)
    assert spec.box([0, 0, 128, 200], (300, 300)) == (8, 44, 120, 156)
    assert 'squared by the shorter side' in spec.rule
    with pytest.raises(ValueError, match='square must be one of'):
        CropRule(square='longer')
