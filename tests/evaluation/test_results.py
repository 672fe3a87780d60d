"""The format of results files: test sets, names, and what is no results file."""

import json

import pytest

from mmfsa.evaluation.results import PROTOCOL, read_results
from mmfsa.zoo import packaged_weights


def test_a_result(write_results):
    (result,) = read_results([write_results('a.json')])
    assert result.name == result.model == 'fsa_caps_1x1_p1'
    assert result.metrics['MAE'] == pytest.approx(3.5 / 3)
    assert {*result.protocol} == {*PROTOCOL}
    assert result.test_set == 'AFLW2000, 1969 faces'
    assert len(result.predictions) == 40


def test_an_incomplete_test_set_says_so(write_results):
    (result,) = read_results([write_results('a.json', num_kept=491)])
    assert result.test_set == 'AFLW2000, 491 of 1969 faces (partial)'


def test_results_that_would_share_a_name_get_their_files(write_results):
    paths = [
        write_results('a.json'),
        write_results('b.json'),
        write_results('c.json', 'fsa_caps_var_p1.py'),
    ]
    names = [result.name for result in read_results(paths)]
    assert names == [
        f'fsa_caps_1x1_p1 ({paths[0]})',
        f'fsa_caps_1x1_p1 ({paths[1]})',
        'fsa_caps_var_p1',
    ]


def test_weights_of_mmfsa_have_their_own_name(write_results, tmp_path):
    content = json.loads(write_results('a.json', 'fsa_caps_1x1.py').read_text())
    (digest,) = packaged_weights()['fsa_caps_1x1.aflw'].files.values()
    content['checkpoint']['sha256'] = digest
    path = tmp_path / 'ours.json'
    path.write_text(json.dumps(content))
    (result,) = read_results([path])
    assert (result.name, result.model) == ('fsa_caps_1x1.aflw', 'fsa_caps_1x1')


def test_the_test_sets_of_one_file(write_results, tmp_path):
    sections = {
        name: json.loads(write_results(f'{name}.json', dataset=name).read_text())
        for name in ('one', 'other')
    }
    path = tmp_path / 'both.json'
    path.write_text(json.dumps(sections))
    results = read_results([path])
    assert [result.protocol['dataset'] for result in results] == ['one', 'other']


@pytest.mark.parametrize('content', ['{"a": 1}', '[]', 'nonsense', '{"metrics": {}}'])
def test_what_is_no_results_file_is_named(tmp_path, content):
    path = tmp_path / 'results.json'
    path.write_text(content)
    with pytest.raises(ValueError, match=r'results.json is not what mmfsa test'):
        read_results([path])
