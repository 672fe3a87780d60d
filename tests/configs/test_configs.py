"""The experiment files: each builds, and says only what differs from its bases."""

import ast
import json
import re
from collections import Counter
from itertools import product

import pytest
import torch

from mmfsa.methods import Method
from mmfsa.registry import METHODS, MODELS
from mmfsa.zoo import config_dir, experiments, get_config

EXPERIMENTS = sorted(experiments())
FILES = sorted(config_dir().rglob('*.py'))
# All other folders of configs/ belong to one method each.
SHARED_FOLDERS = {'_base_', 'ablations', 'mix', 'recipes'}
LISTS_OF_STEPS = {'pipeline', 'datasets', 'transforms'}

# FSA-Net's paper: its variants and SSR-Net-MD.
FSA_NETS = [
    *(
        f'fsa_{a}_{s}'
        for a, s in product(('none', 'caps', 'vlad'), ('wo', '1x1', 'var'))
    ),
    'ssrnet_md',
    'fsa_caps_fusion',
]

# Trainable, and with the statistics of batch normalisation, as Keras counts them.
PARAMETERS = {
    'fsa_none_wo': (104_483, 106_339),
    'fsa_none_1x1': (173_190, 175_046),
    'fsa_none_var': (173_125, 174_981),
    'fsa_caps_wo': (692_707, 694_563),
    'fsa_caps_1x1': (236_615, 238_471),
    'fsa_caps_var': (236_550, 238_406),
    'fsa_vlad_wo': (112_486, 114_342),
    'fsa_vlad_1x1': (181_706, 183_562),
    'fsa_vlad_var': (181_641, 183_497),
    'ssrnet_md': (231_763, 233_619),
}


def count(model):
    trainable = sum(p.numel() for p in model.parameters())
    statistics = sum(
        buffer.numel() for name, buffer in model.named_buffers() if 'running' in name
    )
    return trainable, trainable + statistics


# Every experiment, of every method.


@pytest.mark.parametrize('name', EXPERIMENTS)
def test_builds(name):
    cfg = get_config(name)
    assert cfg.default_scope == 'mmfsa'
    with torch.device('meta'):  # large networks would take seconds to initialise
        if 'model' in cfg:
            assert count(MODELS.build(cfg.model))[0] > 0
            return
        try:
            assert isinstance(METHODS.build(cfg.method), Method)
        except (FileNotFoundError, ImportError) as error:  # of a user's file or a wheel
            assert re.search('as weights|pip install', str(error))


def test_every_method_has_a_readme_and_a_metafile():
    folders = {path for path in config_dir().iterdir() if path.is_dir()}
    for folder in folders:
        if folder.name not in SHARED_FOLDERS and any(folder.glob('*.py')):
            assert (folder / 'README.md').is_file(), folder
            assert (folder / 'metafile.yml').is_file(), folder


def bases(path):
    """The files that a config names as its `_base_`; another package's are left out."""
    for statement in ast.parse(path.read_text()).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == (
            '_base_'
        ):
            named = ast.literal_eval(statement.value)
            for name in [named] if isinstance(named, str) else named:
                if '::' not in name:
                    yield (path.parent / name).resolve()


def test_every_base_exists_and_is_used():
    used = {base for path in FILES for base in bases(path)}
    assert used <= {*FILES}
    used.add(config_dir() / '_base_' / 'mine.py')  # for configs that users write
    assert {path for path in FILES if '_base_' in path.parts} <= used


def test_a_name_below_base_has_one_meaning():
    names = Counter(path.name for path in config_dir().glob('_base_/**/*.py'))
    assert [name for name, times in names.items() if times > 1] == []


HANDED_ON = re.compile(r'model = dict\(inputs=_base_\.inputs\)|\w+ = _base_\.\w+')


def test_no_two_experiments_repeat_more_than_their_bases():
    """A statement that stands in two files belongs into a base.

    One that only hands on what a base says is as short as it can be.
    """
    seen = {}
    for name, path in experiments().items():
        for statement in ast.parse(path.read_text()).body:
            text = ast.unparse(statement)
            if not text.startswith('_base_') and not HANDED_ON.fullmatch(text):
                assert text not in seen, f'{name} and {seen.get(text)}: {text}'
                seen[text] = name


def steps_by_position(config):
    """The expressions of a config that take a pipeline's steps by their position."""
    for node in ast.walk(ast.parse(config)):
        if isinstance(node, ast.Assign):
            unpacked = isinstance(node.targets[0], ast.Tuple | ast.List)
            listed = isinstance(node.value, ast.Tuple | ast.List)
            found = unpacked and not listed
        elif isinstance(node, ast.comprehension):
            found = _is_list_of_steps(node.iter)
        elif isinstance(node, ast.Subscript):
            named = isinstance(node.slice, ast.Constant) and node.slice.value
            found = _is_list_of_steps(node.value) and not isinstance(named, str)
        else:
            found = False
        if found:
            yield ast.unparse(node)


def _is_list_of_steps(node):
    if isinstance(node, ast.Attribute):
        return node.attr in LISTS_OF_STEPS
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and node.slice.value in LISTS_OF_STEPS
    )


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.stem)
def test_steps_are_named(path):
    """A step that a base inserts would shift what is taken by position."""
    assert [*steps_by_position(path.read_text())] == []


@pytest.mark.parametrize(
    'config',
    [
        'load, crop, pack = _base_.train_dataloader.dataset.pipeline',
        '*steps, pack = _base_.steps',
        'first = _base_.train_dataloader.dataset.pipeline[0]',
        "all_but_one = _base_.dataset['pipeline'][:-1]",
        'steps = [step for step in part.pipeline]',
    ],
)
def test_steps_by_position_are_found(config):
    assert [*steps_by_position(config)]


# FSA-Net's experiments.


def test_all_fsa_nets_have_both_protocols():
    assert {f'{v}_{p}' for v, p in product(FSA_NETS, ('p1', 'p2'))} <= {*EXPERIMENTS}


@pytest.mark.parametrize('variant', PARAMETERS)
def test_parameters_are_those_of_the_authors_models(variant):
    assert count(MODELS.build(get_config(f'{variant}_p1').model)) == PARAMETERS[variant]


def test_parameters_are_those_of_the_reference(shared):
    """The ten numbers above are not made up: the reference counted the Keras models."""
    params = json.loads((shared / 'reference/golden/params.json').read_text())
    counted = {(p['params_trainable'], p['params_total']) for p in params.values()}
    assert counted == {*PARAMETERS.values()}


@pytest.mark.parametrize('protocol', ['p1', 'p2'])
def test_fsa_nets_of_a_protocol_differ_only_in_the_model(protocol):
    reference = get_config(f'fsa_caps_1x1_{protocol}').to_dict()
    for variant in FSA_NETS:
        other = get_config(f'{variant}_{protocol}').to_dict()
        differ = {
            key
            for key in reference.keys() | other.keys()
            if reference.get(key) != other.get(key)
        }
        expected = {'model'} if variant != 'fsa_caps_1x1' else set()
        if variant == 'ssrnet_md' and protocol == 'p1':
            expected |= {'train_dataloader'}
        if variant == 'fsa_caps_fusion':
            expected |= {'variants'}
        assert differ == expected, variant


def test_schedule_is_the_authors():
    cfg = get_config('fsa_caps_1x1_p1')
    assert cfg.train_cfg.max_epochs == 90
    assert cfg.param_scheduler.milestones == [30, 60]
    assert cfg.optim_wrapper.optimizer == dict(
        type='Adam', lr=1e-3, eps=1e-7, fused=True
    )
    assert cfg.train_dataloader.batch_size == 16
    assert get_config('ssrnet_md_p1').train_dataloader.batch_size == 8
    assert cfg.default_hooks.checkpoint.get('save_best') is None


def test_unknown_experiments_are_named():
    with pytest.raises(ValueError, match=r"no model 'fsa_caps_2x2'.*fsa_caps_1x1"):
        get_config('fsa_caps_2x2')
