"""One loader: names, configs and files become methods, and a file's own spec is obeyed."""

import json

import numpy as np
import onnx
import pytest
import torch
from mmengine.logging import MMLogger

from mmfsa import HeadPoseInferencer, HeadPosePredictor, create_model, list_models
from mmfsa.deploy import ModelCard, export_onnx
from mmfsa.engine import load_weights, save_checkpoint
from mmfsa.inputs import InputSpec, crop_face
from mmfsa.methods import CropMethod, EnsembleMethod, load_model
from mmfsa.registry import MODELS
from mmfsa.structures import geodesic_distance
from mmfsa.zoo import find_model, get_config, kept_path

NAME = 'fsa_none_wo_p1'
BOX = [60, 50, 120, 130]


@pytest.fixture(scope='module')
def model():
    torch.manual_seed(0)
    return MODELS.build(get_config(NAME).model).eval()


@pytest.fixture(scope='module')
def checkpoint(model, tmp_path_factory):
    """Weights of a network that takes a tight crop, as their file says."""
    path = tmp_path_factory.mktemp('weights') / 'tight.pth'
    spec = model.inputs.changed(crop=dict(pad=0.1))
    meta = dict(config=f'{NAME}.py', inputs=spec.to_dict())
    save_checkpoint(dict(state_dict=model.state_dict(), meta=meta), path)
    return path


@pytest.fixture(scope='module')
def exported(checkpoint):
    path = checkpoint.with_suffix('.onnx')
    tight, _ = load_model(get_config(NAME), checkpoint)
    export_onnx(tight, path, ModelCard.of(tight, NAME, checkpoint))
    return path


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (200, 220, 3), dtype=np.uint8)


@pytest.mark.parametrize('name', [None, NAME])
def test_the_crop_of_the_file_is_cut(name, checkpoint, exported, image):
    """Not the crop of the experiment, which would be a wrong pose without a word."""
    for weights in (checkpoint, exported):
        predictor = HeadPosePredictor(name, weights, box_kind='visible', device='cpu')
        (spec,) = predictor.method.inputs
        assert spec.crop.pad == (0.1,) * 4
        poses = predictor(image, [BOX])
        crop = crop_face(image, BOX, spec, 'visible').image
        assert (poses.extras['crop'][0] == crop).all()
        assert poses.extras['crop_box'][0] == (54, 42, 126, 138)


def test_a_setting_that_is_not_used_is_said(checkpoint, caplog):
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    load_weights(MODELS.build(get_config(NAME).model), checkpoint)
    logger.removeHandler(caplog.handler)
    assert "are used, not the config's" in caplog.text


def test_files_of_the_version_before_still_load(exported, model, tmp_path, image):
    """Their metadata have the test pipeline, and no input spec."""
    proto = onnx.load(exported)
    old = {entry.key: entry.value for entry in proto.metadata_props}
    del old['mmfsa.inputs']
    old['mmfsa.height'] = old['mmfsa.width'] = '64'
    old['mmfsa.preprocessing'] = json.dumps(
        [
            dict(type='LoadImageFromFile'),
            dict(type='mmfsa.CropFace', pad=0.1),
            dict(type='PackHeadPoseInputs'),
        ]
    )
    onnx.helper.set_model_props(proto, old)
    path = tmp_path / 'old.onnx'
    onnx.save(proto, path)
    assert ModelCard.read(path).inputs == ModelCard.read(exported).inputs
    before = tmp_path / 'old.pth'
    meta = dict(config=f'{NAME}.py')
    save_checkpoint(dict(state_dict=model.state_dict(), meta=meta), before)
    assert create_model(None, before, device='cpu').inputs == (InputSpec(),)


def test_a_name_a_config_and_a_method_are_models(image):
    by_name = create_model('fsa_caps_1x1.synthetic', device='cpu')
    cfg, weights = find_model('fsa_caps_1x1.synthetic')
    by_config = create_model(cfg, weights, device='cpu')
    assert isinstance(by_name, CropMethod) and create_model(by_name) is by_name
    poses = [HeadPosePredictor(m)(image, [BOX]).euler for m in (by_name, by_config)]
    np.testing.assert_array_equal(*poses)
    assert by_name.name == 'fsa_caps_1x1.synthetic'
    assert len(by_name.weights_sha256) == 64


def test_several_models_are_their_mean(image):
    names = ['fsa_caps_1x1.synthetic', 'fsa_caps_1x1.aflw']
    ensemble = create_model(names, device='cpu')
    assert isinstance(ensemble, EnsembleMethod) and ensemble.name == ' + '.join(names)
    both = [create_model(name, device='cpu') for name in names]
    one, other, mean = (
        HeadPosePredictor(m)(image, [BOX]).rotation for m in (*both, ensemble)
    )
    apart = geodesic_distance(one, other)
    assert apart > 1  # else nothing is compared
    np.testing.assert_allclose(geodesic_distance(mean, one), apart / 2)
    np.testing.assert_allclose(geodesic_distance(mean, other), apart / 2)


def test_boxes_given_are_of_a_kind(image):
    predictor = HeadPosePredictor('fsa_caps_1x1.synthetic', device='cpu')
    visible = predictor(image, [BOX], box_kind='visible')
    landmarks = predictor(image, [BOX])
    assert visible.extras['crop_box'] != landmarks.extras['crop_box']
    assert predictor(image).extras['crop_box'] == [(0, 0, 220, 200)]
    assert predictor(image, []).euler.shape == (0, 3)
    for bad, message in (
        ([[1, 2, 3]], r'\(n, 4\)'),
        ([[5, 5, 1, 9]], 'box 0 is'),
        ([BOX, [0, 0, np.nan, 1]], 'box 1 is'),
    ):
        with pytest.raises(ValueError, match=message):
            predictor(image, bad)
    with pytest.raises(ValueError, match="kind 'nose'"):
        predictor(image, [BOX], box_kind='nose')


def test_the_predictor_and_the_inferencer_agree(image):
    predictor = HeadPosePredictor('fsa_caps_1x1.synthetic', device='cpu')
    inferencer = HeadPoseInferencer(
        'fsa_caps_1x1.synthetic', detector='none', device='cpu'
    )
    (result,) = inferencer(image)
    ((record,),) = result['predictions']
    angles = [record[name] for name in ('yaw', 'pitch', 'roll')]
    np.testing.assert_allclose(predictor(image).euler[0], angles, atol=1e-3)
    assert record['model'] == 'fsa_caps_1x1.synthetic'


def test_models_are_listed():
    assert 'fsa_caps_1x1' in list_models('fsa_*')
    assert 'fsa_caps_1x1.aflw' in list_models(weights=True)
    assert list_models(weights='synthetic') == [
        'depth_forest.synthetic',
        'fsa_caps_1x1.synthetic',
        'full.synthetic',
        'own_landmarks_pnp.synthetic',
    ]


def test_settings_that_would_change_nothing():
    given = create_model('given_pnp')
    ignored = dict(flip_test=True), dict(backend='onnxruntime')
    for settings in (*ignored, dict(weights='a.pth')):
        with pytest.raises(ValueError, match=r'would change nothing about .* ready'):
            create_model(given, **settings)
    for settings in ignored:
        with pytest.raises(
            ValueError, match=r'would change nothing about .*no network'
        ):
            create_model('given_pnp', **settings)


@pytest.mark.parametrize(
    ('arguments', 'error', 'message'),
    [
        (dict(model='fsa_caps_9x9'), ValueError, 'no model.*fsa_caps_1x1'),
        (dict(model=NAME), ValueError, 'there are no weights of fsa_none_wo'),
        (dict(weights='nowhere.pth'), FileNotFoundError, 'no weights nowhere.pth'),
        (dict(model='configs/none.py'), FileNotFoundError, 'no config configs/none'),
        (dict(model=[NAME], weights='x.pth+y.pth'), ValueError, '1 models need 1 weig'),
    ],
)
def test_what_can_not_be_created(arguments, error, message):
    with pytest.raises(error, match=message):
        create_model(**arguments)


def test_an_exported_file_is_not_for_torch(exported):
    with pytest.raises(ValueError, match='which torch does not run'):
        create_model(None, exported, backend='torch')
    with pytest.raises(ValueError, match='without the flip test'):
        create_model(None, exported, flip_test=True)


def test_threads_are_those_of_onnx_runtime(checkpoint, exported):
    method = create_model(None, exported, threads=1)
    assert method.network.session.get_session_options().intra_op_num_threads == 1
    with pytest.raises(ValueError, match='threads=1 is for onnxruntime and openvino'):
        create_model(NAME, checkpoint, device='cpu', threads=1)


def test_an_ensemble_by_names_with_weights_of_ones_own(checkpoint, image):
    """What is typed after --model and --weights."""
    names = f'{NAME}+fsa-caps-1x1.synthetic'
    method = create_model(names, f'{checkpoint}+', device='cpu', license='free')
    assert isinstance(method, EnsembleMethod)
    assert [member.name for member in method.members] == [
        NAME,
        'fsa_caps_1x1.synthetic',
    ]
    assert [spec.crop.pad[0] for spec in method.inputs] == [0.1, 0.6]
    one, other = (HeadPosePredictor(m)(image, [BOX]) for m in method.members)
    both = HeadPosePredictor(method)(image, [BOX])
    apart = geodesic_distance(one.rotation, other.rotation)
    assert geodesic_distance(one.rotation, both.rotation) == pytest.approx(apart / 2)
    with pytest.raises(ValueError, match='2 models need 2 weights'):
        create_model(names, str(checkpoint))
    with pytest.raises(ValueError, match=r'there are no weights of fsa_none_wo_p1'):
        create_model(names)


def test_an_ensemble_by_its_config(checkpoint, image):
    members = [dict(model=NAME, weights=str(checkpoint)), 'fsa_caps_1x1.synthetic']
    method = dict(type='EnsembleMethod', members=members, mean='angles')
    built = create_model(dict(method=method))
    assert [member.name for member in built.members] == [
        NAME,
        'fsa_caps_1x1.synthetic',
    ]
    one, other = (HeadPosePredictor(m)(image, [BOX]).euler for m in built.members)
    mean = HeadPosePredictor(built)(image, [BOX]).euler
    np.testing.assert_allclose(mean, (one + other) / 2, atol=1e-4)


def test_weights_that_the_user_keeps(checkpoint, tmp_path, monkeypatch):
    """A file that was converted once is found by the network's name."""
    monkeypatch.setenv('XDG_DATA_HOME', str(tmp_path))
    kept = kept_path('fsa_none_wo.300wlp')
    kept.parent.mkdir(parents=True)
    kept.write_bytes(checkpoint.read_bytes())
    assert create_model('fsa-none-wo', device='cpu').inputs[0].crop.pad[0] == 0.1
    with pytest.raises(ValueError, match="with license='free' name own_landmarks_pnp"):
        create_model('fsa-none-wo', license='free')


def test_a_checkpoint_is_exported_once(checkpoint, image, monkeypatch, tmp_path):
    exported = []

    def export(model, path, card):
        exported.append(path)
        return export_onnx(model, path, card)

    monkeypatch.setattr('mmfsa.deploy.export.cache_path', tmp_path.joinpath)
    monkeypatch.setattr('mmfsa.deploy.export.export_onnx', export)
    options = dict(backend='onnxruntime', device='cpu')
    first, again = (
        HeadPosePredictor(NAME, checkpoint, 'none', **options)(image) for _ in range(2)
    )
    assert len(exported) == 1 and exported[0].parent == tmp_path
    np.testing.assert_array_equal(first.euler, again.euler)
    create_model(NAME, checkpoint, flip_test=True, **options)
    assert len({*exported}) == 2
    # Where nothing can be written, the model is there all the same.
    (tmp_path / 'file').touch()
    monkeypatch.setattr('mmfsa.deploy.export.cache_path', (tmp_path / 'file').joinpath)
    create_model(NAME, checkpoint, **options)
    assert not exported[-1].exists()
