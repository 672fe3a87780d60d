"""A network and its weights have names of their own; old names stay valid."""

import pytest

from mmfsa import zoo
from mmfsa.zoo import entries, list_models, resolve


@pytest.mark.parametrize(
    ('name', 'full', 'experiment'),
    [
        ('fsa_caps_1x1', 'fsa_caps_1x1.aflw', 'fsa_caps_1x1'),
        ('fsa_caps_1x1.aflw', 'fsa_caps_1x1.aflw', 'fsa_caps_1x1'),
        ('fsa_caps_1x1_aflw', 'fsa_caps_1x1.aflw_fitted', 'fsa_caps_1x1_aflw'),
        (
            'fsa-caps-1x1-synthetic',
            'fsa_caps_1x1.synthetic',
            'fsa_caps_1x1_synthetic',
        ),
        ('fsa_caps_1x1_p1.py', 'fsa_caps_1x1.300wlp', 'fsa_caps_1x1_p1'),
        ('FSA-Caps-1x1.300wlp', 'fsa_caps_1x1.300wlp', 'fsa_caps_1x1_p1'),
        ('fsa_caps_1x1.biwi', 'fsa_caps_1x1.biwi', 'fsa_caps_1x1_p2'),
        ('fsa_caps_fusion', 'fsa_caps_fusion.aflw', 'fsa_caps_fusion'),
        ('fsa-vlad-1x1', 'fsa_vlad_1x1.300wlp', 'fsa_vlad_1x1_p1'),
        ('fsa_caps_1x1_6d', 'fsa_caps_1x1_6d.300wlp', 'fsa_caps_1x1_6d_p1'),
        ('opnet', 'opnet_small.opentrack', 'opnet_small'),
    ],
)
def test_new_and_old_names(name, full, experiment):
    entry = resolve(name)
    assert (entry.name, entry.experiment) == (full, experiment)
    assert entry.config == zoo.experiments()[experiment]
    assert zoo.get_config(name).filename == str(entry.config)


def test_weights_and_their_licence():
    brought = resolve('fsa_caps_1x1.synthetic')
    assert brought.network == 'fsa_caps_1x1' and brought.tag == 'synthetic'
    assert brought.weights.config == brought.experiment
    assert brought.licence == 'Apache-2.0'
    assert resolve('fsa_caps_1x1.300wlp').weights is None
    assert resolve('fsa_caps_1x1.300wlp').licence is None


def test_every_experiment_is_resolved_by_its_own_name():
    assert {entry.experiment for entry in entries()} == {*zoo.experiments()}
    names = [entry.name for entry in entries()]
    assert len(names) == len({*names})
    for experiment in zoo.experiments():
        assert resolve(experiment).experiment == experiment


@pytest.mark.parametrize('name', ['fsa_cap_1x1', 'fsa_caps_1x1.aflv', 'fsa_kaps_1x1'])
def test_an_unknown_name_lists_the_nearest(name):
    with pytest.raises(ValueError, match=rf"no model '{name}': .*nearest are.*_1x1"):
        resolve(name)


def test_a_name_far_from_all_is_refused():
    with pytest.raises(ValueError, match='none is near'):
        resolve('qqqqqqqq')


def test_lists_of_networks_and_of_weights():
    assert list_models('fsa_caps_*') == [
        'fsa_caps_1x1',
        'fsa_caps_1x1_6d',
        'fsa_caps_1x1_binned',
        'fsa_caps_1x1_gru',
        'fsa_caps_fusion',
        'fsa_caps_var',
        'fsa_caps_wo',
    ]
    assert 'ssrnet_md' in list_models()
    assert list_models('*1x1*', weights=True) == [
        'fsa_caps_1x1.aflw',
        'fsa_caps_1x1.synthetic',
    ]
    assert list_models(weights='synthetic') == [
        'depth_forest.synthetic',
        'fsa_caps_1x1.synthetic',
        'full.synthetic',
        'own_landmarks_pnp.synthetic',
    ]
    assert list_models(weights='300wlp') == []
