"""The authors' weights, through the tools, score what the metafile says.

The numbers are of the reference's 500 AFLW2000 images, of which 491 are within ±99°.
"""

import json

import mmengine
import pytest

from mmfsa.zoo import config_dir

MODELS = {
    model['Name'].removesuffix('_p1'): model
    for model in mmengine.load(config_dir() / 'metafile.yml')['Models']
    if 'Converted From' in model
}
SCORES = {
    name: list(result['Metrics'].values())
    for name, model in MODELS.items()
    for result in model['Results']
    if result['Dataset'] == 'AFLW2000, every fourth image'
}


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
        if name == 'fsa_caps_fusion':
            parts = [convert(f'fsa_caps_{s}') for s in ('1x1', 'var', 'wo')]
            run_tool(
                'model_converters/fuse_checkpoints.py',
                configs / 'fsa_caps_fusion_p1.py',
                *parts,
                path,
            )
            return path
        file = MODELS[name]['Converted From']['Weights']
        source = shared / 'weights/official/300W_LP' / file
        printed = run_tool('model_converters/keras_to_mmfsa.py', source, path)
        assert printed.split()[-1] == f'{name}_p1.py'
        return path

    return convert


@pytest.mark.parametrize('name', SCORES)
def test_scores(name, data_root, checkpoint, run_tool, configs, tmp_path):
    out = tmp_path / 'results.json'
    run_tool(
        'test.py',
        configs / f'{name}_p1.py',
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
    )
    results = json.loads(out.read_text())
    assert results['protocol']['num_kept'] == 491
    assert results['protocol']['num_found'] == 500
    assert results['protocol']['num_expected'] == 1969
    metrics = [
        results['metrics'][f'head_pose/{key}']
        for key in ('yaw', 'pitch', 'roll', 'MAE')
    ]
    assert metrics == pytest.approx(SCORES[name], abs=0.01)


def test_a_partial_data_set_is_refused(
    data_root, checkpoint, run_tool, configs, tmp_path
):
    message = run_tool(
        'test.py',
        configs / 'fsa_caps_1x1_p1.py',
        checkpoint('fsa_caps_1x1'),
        '--data-root',
        data_root,
        '--test-set',
        'aflw2000',
        '--work-dir',
        tmp_path / 'work',
        fails=True,
    )
    assert '491 faces' in message
    assert '1969' in message
    assert '--allow-partial' in message


def test_a_missing_test_set_names_the_flag(
    data_root, checkpoint, run_tool, configs, tmp_path
):
    arguments = [
        configs / 'fsa_caps_1x1_p1.py',
        checkpoint('fsa_caps_1x1'),
        '--data-root',
        data_root,
        '--work-dir',
        tmp_path / 'work',
        '--allow-partial',
    ]
    message = run_tool('test.py', *arguments, fails=True)
    assert 'test set biwi' in message
    assert '--test-set' in message
    assert 'tools/dataset_converters/biwi.py' in message
    message = run_tool('test.py', *arguments, '--test-set', '300w', fails=True)
    assert 'aflw2000, biwi or all' in message


def test_weights_of_another_model_are_refused(
    data_root, checkpoint, run_tool, configs, tmp_path
):
    message = run_tool(
        'test.py',
        configs / 'fsa_caps_var_p1.py',
        checkpoint('fsa_caps_1x1'),
        '--data-root',
        data_root,
        '--work-dir',
        tmp_path / 'work',
        fails=True,
    )
    assert 'its config is fsa_caps_1x1_p1.py' in message
