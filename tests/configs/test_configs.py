"""The experiment files: each builds, has its parameters, and says only what differs."""

import json
from itertools import product

import pytest

from mmfsa.registry import MODELS
from mmfsa.zoo import config_dir, experiments, get_config

EXPERIMENTS = sorted(experiments())
VARIANTS = [
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


@pytest.mark.parametrize('name', EXPERIMENTS)
def test_builds(name):
    cfg = get_config(name)
    assert cfg.default_scope == 'mmfsa'
    model = MODELS.build(cfg.model)
    assert count(model)[0] > 0


def test_all_variants_have_both_protocols():
    assert {f'{v}_{p}' for v, p in product(VARIANTS, ('p1', 'p2'))} <= {*EXPERIMENTS}


@pytest.mark.parametrize('variant', PARAMETERS)
def test_parameters_are_those_of_the_authors_models(variant):
    assert count(MODELS.build(get_config(f'{variant}_p1').model)) == PARAMETERS[variant]


def test_parameters_are_those_of_the_reference(shared):
    """The ten numbers above are not made up: the reference counted the Keras models."""
    params = json.loads((shared / 'reference/golden/params.json').read_text())
    counted = {(p['params_trainable'], p['params_total']) for p in params.values()}
    assert counted == {*PARAMETERS.values()}


def test_every_file_below_base_is_used():
    texts = '\n'.join(path.read_text() for path in config_dir().rglob('*.py'))
    for path in config_dir().glob('_base_/**/*.py'):
        assert f'/{path.name}' in texts, path


def test_no_two_experiments_repeat_more_than_their_bases():
    """A line below the bases that stands in two files belongs into a base."""
    seen = {}
    for name, path in experiments().items():
        lines = path.read_text().splitlines()
        for line in lines:
            if line.startswith((' ', ')', ']', '#', '_base_')) or not line.strip():
                continue
            assert line not in seen, f'{name} and {seen.get(line)}: {line}'
            seen[line] = name


@pytest.mark.parametrize('protocol', ['p1', 'p2'])
def test_variants_of_a_protocol_differ_only_in_the_model(protocol):
    reference = get_config(f'fsa_caps_1x1_{protocol}').to_dict()
    for variant in VARIANTS:
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
