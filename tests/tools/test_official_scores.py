"""The authors' weights of every method, through the tools, score what metafiles say.

The numbers are of the reference's 500 AFLW2000 images, of which 491 are within ±99°.
"""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from mmfsa.zoo import get_config, metafile_models, network_of
from mmfsa.zoo.convert import convert as zoo_convert

ROOT = Path(__file__).resolve().parents[2]
MODELS = {
    network_of(model['Name']): model
    for model in metafile_models()
    if 'Converted From' in model
}
SCORES = {
    name: result['Metrics']
    for name, model in MODELS.items()
    for result in model['Results']
    if result['Dataset'] == 'AFLW2000, every fourth image'
}
METRICS = dict(
    Yaw='yaw',
    Pitch='pitch',
    Roll='roll',
    MAE='MAE',
    Geodesic='geodesic_mean',
    NME='NME',
)
# Rounding to 8 bits makes a pose depend on the CPU.
TOLERANCES = {'opnet_small_int8': 0.05}
TAKE_LONG = {'hopenet_lite', 'opnet_small', 'opnet_small_int8', 'whenet'}
NAMES = [
    pytest.param(name, marks=pytest.mark.slow) if name in TAKE_LONG else name
    for name in SCORES
]


@pytest.fixture(scope='module')
def data_root(shared, run_tool, tmp_path_factory):
    root = tmp_path_factory.mktemp('data')
    run_tool(
        'dataset_converters/aflw2000.py',
        shared / 'data/AFLW2000',
        '--out',
        root / 'aflw2000',
    )
    return root


@pytest.fixture(scope='module')
def checkpoint(shared, run_tool, configs, tmp_path_factory):
    """The checkpoint of a model, converted on the first call."""
    folder = tmp_path_factory.mktemp('checkpoints')

    def convert(name):
        path = folder / f'{name}.pth'
        if path.exists():
            return path
        origin = MODELS[name]['Converted From']
        if 'Models' in origin:
            run_tool(
                'model_converters/fuse_checkpoints.py',
                ROOT / MODELS[name]['Config'],
                *[convert(network_of(part)) for part in origin['Models']],
                path,
            )
            return path
        file = origin['Weights']
        # The files for protocol 2 have the same names, in a folder of their own.
        (source,) = (
            source
            for source in (shared / 'weights').rglob(file)
            if source.parent.name != 'BIWI'
        )
        assert zoo_convert(source, path) == f'{MODELS[name]["Name"]}.py'
        return path

    return convert


@pytest.mark.parametrize('name', NAMES)
def test_scores(name, data_root, checkpoint, run_tool, tmp_path):
    check_scores(name, data_root, checkpoint, run_tool, tmp_path)


@pytest.mark.slow
def test_scores_of_openvinos_network_in_openvino(
    data_root, checkpoint, run_tool, tmp_path
):
    pytest.importorskip('openvino')
    arguments = ['--backend', 'openvino']
    check_scores('adas0001', data_root, checkpoint, run_tool, tmp_path, *arguments)


def check_scores(name, data_root, checkpoint, run_tool, tmp_path, *arguments):
    out = tmp_path / 'results.json'
    run_tool(
        'test.py',
        ROOT / MODELS[name]['Config'],
        checkpoint(name),
        '--data-root',
        data_root,
        '--test-set',
        'aflw2000',
        '--work-dir',
        tmp_path / 'work',
        '--out',
        out,
        '--allow-partial',
        *arguments,
    )
    results = json.loads(out.read_text())
    assert results['protocol']['num_kept'] == 491
    assert results['protocol']['num_found'] == 500
    assert results['protocol']['num_expected'] == 1969
    for key, expected in SCORES[name].items():
        measured = results['metrics'][f'head_pose/{METRICS[key]}']
        assert measured == pytest.approx(expected, abs=TOLERANCES.get(name, 0.01)), key


@pytest.mark.parametrize(
    'model',
    [
        model
        for model in metafile_models()
        if 'model' not in get_config(model['Name']) and 'Results' in model
    ],
    ids=lambda model: model['Name'],
)
def test_methods_that_are_no_network_of_ours(
    model, data_root, run_tool, tmp_path, shared
):
    """With a foreign file as weights, where the metafile names one."""
    if find_spec(model.get('Needs', 'mmfsa')) is None:
        pytest.skip(f'{model["Needs"]} is not installed')
    out = tmp_path / 'results.json'
    files = []
    if 'Foreign Weights' in model:
        files = [*(shared / 'weights').rglob(model['Foreign Weights'])]
        if not files:
            pytest.skip(f'{model["Foreign Weights"]} is not in the reference data')
    options = ['--data-root', data_root, '--test-set', 'aflw2000', '--allow-partial']
    options += ['--work-dir', tmp_path / 'work', '--out', out]
    run_tool('test.py', ROOT / model['Config'], *files, *options)
    metrics = json.loads(out.read_text())['metrics']
    (result,) = model['Results']
    for key, expected in result['Metrics'].items():
        measured = metrics[f'head_pose/{METRICS[key]}']
        assert measured == pytest.approx(expected, abs=0.01), key


@pytest.fixture
def refused(data_root, checkpoint, run_tool, configs, tmp_path):
    """The message of a test that fails, with the weights of `fsa_caps_1x1`."""

    def run(config, *options):
        files = configs / config, checkpoint('fsa_caps_1x1')
        folders = '--data-root', data_root, '--work-dir', tmp_path / 'work'
        return run_tool('test.py', *files, *folders, *options, fails=True)

    return run


def test_a_partial_data_set_is_refused(refused):
    message = refused('fsa_caps_1x1_p1.py', '--test-set', 'aflw2000')
    assert '491 faces' in message
    assert '1969' in message
    assert '--allow-partial' in message


def test_a_missing_test_set_names_the_flag(refused):
    message = refused('fsa_caps_1x1_p1.py', '--allow-partial')
    assert 'test set biwi' in message
    assert '--test-set' in message
    assert 'mmfsa data biwi ' in message
    assert '\n' not in message
    message = refused('fsa_caps_1x1_p1.py', '--allow-partial', '--test-set', '300w')
    assert 'aflw2000, biwi or all' in message


def test_weights_of_another_model_are_refused(refused):
    message = refused('fsa_caps_var_p1.py')
    assert 'its config is fsa_caps_1x1_p1.py' in message
