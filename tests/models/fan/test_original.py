"""FAN computes what the original code computes."""

import numpy as np
import pytest
import torch

from mmfsa.engine import save_checkpoint
from mmfsa.methods import create_model
from mmfsa.models import HeatmapLoss, Labels
from mmfsa.models.fan.original import to_state_dict
from mmfsa.models.heads.heatmap_head import maxima, middles
from mmfsa.registry import MODELS
from mmfsa.structures import Faces, Frame
from mmfsa.zoo import get_config
from mmfsa.zoo.convert import convert

FEATURES = [
    'bn1',
    'conv2',
    'conv3',
    'conv4',
    'm0.b2_plus_1',
    'm0.b3_4',
    'm0',
    'top_m_0',
]
STACKS = [
    pytest.param(1, id='1-stack'),
    pytest.param(4, id='4-stacks', marks=pytest.mark.slow),
]


def build(stacks):
    model = get_config('fan_pnp').model
    model.backbone.stacks = stacks
    return MODELS.build(model).eval()


@pytest.fixture(scope='module')
def network(golden):
    """A network with weights by the rule, and what the original gave."""
    built = {}

    def build_once(stacks):
        if stacks not in built:
            story = golden(f'fan_{stacks}hg')
            model = build(stacks)
            tensors = {name: v.numpy() for name, v in story.weights().items()}
            model.load_state_dict(to_state_dict(tensors, model, 'fan.tar'))
            built[stacks] = model, story
        return built[stacks]

    return build_once


@pytest.mark.parametrize('stacks', STACKS)
@pytest.mark.parametrize('kind', ['rand', 'block'])
def test_heatmaps_and_landmarks(stacks, kind, network):
    model, story = network(stacks)
    parts = {name: model.backbone.get_submodule(name) for name in FEATURES}
    images = story.inputs(kind, model, 1)
    torch.testing.assert_close(images, story.images(kind)[:1])
    found = {}

    @torch.no_grad()
    def run():
        found.update(model.head(model.extract_feat(images)))

    story.check_features(kind, parts, run)
    tolerance = 1e-4 if stacks == 1 else 1e-3
    for i, told in enumerate(story.story['heatmaps'][kind]):
        heatmaps = found['heatmaps'][0, i].flatten()
        index = [j for j in told['flat_index'] if j < len(heatmaps)]
        values = torch.tensor(told['values'][: len(index)])
        torch.testing.assert_close(heatmaps[index], values, rtol=0, atol=tolerance)
        largest = heatmaps.unflatten(0, (68, -1)).amax(1)
        expected = story[f'{kind}_hm{i}_per_map_max'][0]
        torch.testing.assert_close(largest, expected, rtol=0, atol=tolerance)
    decoded = model.head.decode(found)
    clear = story[f'{kind}_argmax_margin'][0] > tolerance
    places = decoded['landmarks'][0] * 64
    expected = story[f'{kind}_preds_heatmap_px'][0]
    assert clear.sum() > 50
    torch.testing.assert_close(places[clear], expected[clear], rtol=0, atol=1e-4)
    scores = decoded['landmark_scores'][0]
    torch.testing.assert_close(
        scores, story[f'{kind}_scores'][0], rtol=0, atol=tolerance
    )


def labels_of(story):
    points = (story['loss_points'] + 1) / 256  # as the authors' code counts
    return Labels(torch.zeros(2, 3), others=dict(landmarks=points))


def test_targets(golden):
    story = golden('fan_1hg')
    target = HeatmapLoss().target(labels_of(story).others['landmarks'], (64, 64))
    torch.testing.assert_close(target.sum((2, 3)), story['target_heatmap_sum'])
    rows, columns = story['target_argmax_row_col'].unbind(2)
    assert (target.flatten(2).argmax(2) == 64 * rows + columns).all()


@pytest.mark.slow
@pytest.mark.parametrize('mode', ['eval', 'train'])
def test_loss_and_gradients(mode, network):
    model, story = network(1)
    told = story.story['loss'][f'{mode}_float32']
    model.train(mode == 'train')
    model.zero_grad()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    loss = model.loss(story.inputs('rand', model), labels_of(story))['loss']
    assert loss.item() == pytest.approx(told['loss'], rel=1e-5)
    loss.backward()
    for name, norm in told['grad_norm'].items():
        found = model.backbone.get_parameter(name).grad.norm().item()
        assert found == pytest.approx(norm, rel=1e-3 if mode == 'eval' else 1e-2)
    model.load_state_dict(before)
    model.eval()


def test_landmarks_of_heatmaps():
    heatmaps = torch.zeros(1, 3, 8, 16)
    heatmaps[0, 0, 4, 10] = 2
    heatmaps[0, 0, 4, 11] = 1  # to the right
    heatmaps[0, 0, 3, 10] = 1  # and up
    heatmaps[0, 1, 0, 5] = 3  # at the edge
    heatmaps[0, 1, 0, 6] = 1
    heatmaps[0, 2, 7, 15] = 1
    places, scores = maxima(heatmaps)
    expected = [[10.75, 4.25], [5.5, 0.5], [15.5, 7.5]]
    assert (places[0] * torch.tensor([16, 8])).tolist() == expected
    assert scores.tolist() == [[2, 3, 1]]


def test_the_crop_is_nearly_the_authors(golden):
    """On square boxes; their pixels count from 1, and are cut to whole ones."""
    spec = build(1).inputs
    story = golden('fan_crops')
    pairs = zip(story['boxes64'], story['centre_x_y_scale_ul_br64'], strict=True)
    for box, told in pairs:
        width, height = (box[2:] - box[:2]).tolist()
        x = (box[0] + box[2]).item() / 2
        square = [x - height / 2, box[1].item(), x + height / 2, box[3].item()]
        left, top, right, bottom = spec.box(square, (1000, 1000), 'landmarks68')
        assert (left + right) / 2 == pytest.approx(told[0].item(), abs=1)
        assert (top + bottom) / 2 == pytest.approx(told[1].item(), abs=1)
        scale = 2 * height / (width + height)
        assert right - left == pytest.approx(200 * scale * told[2].item(), rel=0.01)


@pytest.mark.parametrize('name', ['2DFAN4-x.pth.tar', '3DFAN4-x.pth.tar'])
def test_files(name, tmp_path):
    tensors = build(4).backbone.state_dict()
    torch.save(tensors, tmp_path / name)
    expected = 'fan_pnp.py' if name.startswith('2') else 'fan_3d_pnp.py'
    assert convert(tmp_path / name, tmp_path / 'model.pth') == expected


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (lambda t: t.pop('m0.b3_2.bn1.bias'), r'missing the tensor of .*m0\.b3_2\.bn1'),
        (lambda t: t.update({'m4.x': np.ones(3)}), r'surplus m4\.x'),
        (lambda t: t.update({'l0.bias': np.ones(98)}), r'misshapen l0\.bias \(98,\)'),
    ],
)
def test_other_tensors_are_refused_by_name(edit, message):
    model = build(1)
    tensors = {name: v.numpy() for name, v in model.backbone.state_dict().items()}
    edit(tensors)
    with pytest.raises(ValueError, match=f'x.tar does not fit the model: .*{message}'):
        to_state_dict(tensors, model, 'x.tar')


def test_middles_of_peaks_do_not_jump():
    landmarks = torch.tensor([[[0.3, 0.4], [0.71, 0.23]]])
    heatmaps = HeatmapLoss(sigma=1.5).target(landmarks, (32, 32))
    found = middles(heatmaps)
    expected = (landmarks * 32).floor().add(0.5) / 32
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-4)
    assert middles(torch.zeros(1, 1, 4, 4)).tolist() == [[[0.5, 0.5]]]
    moved = middles(heatmaps + 1e-4 * torch.rand_like(heatmaps))
    assert (moved - found).abs().max() < 1e-3


def test_from_a_checkpoint_to_the_landmarks_of_a_frame(tmp_path):
    torch.manual_seed(0)
    cfg = get_config('fan_pnp')
    cfg.model.backbone.stacks = 1
    save_checkpoint(dict(state_dict=build(1).state_dict()), tmp_path / 'fan.pth')
    method = create_model(cfg, tmp_path / 'fan.pth', device='cpu')
    image = np.random.RandomState(0).randint(0, 256, (200, 300, 3)).astype(np.uint8)
    faces = Faces(np.array([[100.0, 50, 150, 110]]), 'landmarks68')
    poses = method.predict(Frame(image), faces)
    left, top, right, bottom = poses.extras['crop_box'][0]
    assert abs(right - left - 2.05 * 60) <= 1
    landmarks = poses.extras['landmarks'][0]
    assert landmarks.shape == (68, 2)
    inside = (landmarks > [left - 1, top - 1]) & (landmarks < [right, bottom])
    assert inside.all()
    assert poses.extras['landmark_scores'].shape == (1, 68)
