"""Results beside printed rows: what does not compare is marked."""

import json
import re

import pytest

from mmfsa.datasets.transforms import CropFace
from mmfsa.evaluation.comparison import compare, literature, printed_rows
from mmfsa.evaluation.results import read_results
from mmfsa.zoo import metafile_models


@pytest.fixture
def notes():
    """The notes of the results in files, per model."""

    def get(*paths):
        (table,) = compare(read_results(paths))
        return [row.notes for row in table.rows if row.source == 'measured']

    return get


def test_a_result_of_the_papers_protocol_has_no_note(notes, write_results):
    assert notes(write_results('a.json')) == [[]]


def test_a_flip_test_is_marked_beside_the_paper_alone(notes, write_results):
    ((note,),) = notes(write_results('a.json', flip_test=True))
    assert note == 'another protocol: flip_test is True, not False'


@pytest.mark.parametrize(
    ('card', 'note'),
    [
        (dict(num_kept=491), 'partial: 491 of 1969 faces'),
        (dict(max_angle=None), 'another protocol: max_angle is None, not 99'),
        (dict(box_source='yunet'), 'another protocol: box_source is yunet, not'),
        (dict(crop='square'), 'another protocol: crop is square, not face box'),
        (dict(color_order='RGB'), 'another protocol: color_order is RGB, not BGR'),
        (dict(flip_test=True), 'another protocol: flip_test is True, not False'),
        (dict(config='fsa_caps_1x1_p2.py'), 'trained on BIWI, 16 of 24 sequences, not'),
        (dict(config='mine.py'), 'mine is in no metafile.yml: trained on what?'),
    ],
)
def test_what_does_not_compare_is_marked(notes, write_results, card, note):
    same, (other,) = notes(write_results('a.json'), write_results('b.json', **card))
    assert same == []
    assert other.startswith(note)


def test_data_sets_that_the_paper_lacks_compare_with_the_first_result(
    notes, write_results
):
    card = dict(dataset='faces', num_expected=None)
    first, second = notes(
        write_results('a.json', num_kept=50, **card),
        write_results('b.json', num_kept=60, **card),
    )
    assert first == []
    assert second == ['another protocol: num_kept is 60, not 50']


def test_protocols_have_tables_of_their_own(run_tool, write_results, tmp_path):
    split = dict(file='biwi_70_30', part='test')
    paths = [
        write_results('a.json'),
        write_results('b.json', dataset='BIWI', num_kept=13219, box_source='mtcnn'),
        write_results('c.json', 'fsa_caps_1x1_p2.py', dataset='BIWI', split=split),
    ]
    out = tmp_path / 'comparison.json'
    run_tool('analysis_tools/compare.py', *paths, '--out', out)
    tables = {table['test_set']: table for table in json.loads(out.read_text())}
    assert [*tables] == ['AFLW2000', 'BIWI', 'BIWI, 8 of 24 sequences']
    (printed,) = (
        row['errors']
        for row in tables['BIWI, 8 of 24 sequences']['rows']
        if row['name'] == 'vgg16_biwi'
    )
    assert printed == dict(yaw=3.91, pitch=4.03, roll=3.03, MAE=3.66)


def test_the_test_sets_of_one_file(run_tool, write_results, tmp_path):
    one, other = (
        json.loads(write_results(name, dataset=name).read_text()) for name in 'ab'
    )
    both = tmp_path / 'both.json'
    both.write_text(json.dumps(dict(first=one, second=other)))
    printed = run_tool('analysis_tools/compare.py', both)
    assert '# a\n' in printed and '# b\n' in printed


def test_the_markdown_file_is_what_is_printed(run_tool, write_results, tmp_path):
    out = tmp_path / 'comparison.md'
    printed = run_tool(
        'analysis_tools/compare.py', write_results('a.json', num_kept=491), '--out', out
    )
    assert out.read_text() in printed
    (row,) = (line for line in printed.splitlines() if 'Dlib' in line)
    cells = [cell.strip() for cell in row.strip('|').split('|')]
    numbers = ['', '23.1', '13.6', '10.5', '15.8', '']
    assert cells == ['Dlib (68 points)', *numbers, 'the FSA-Net paper, Table 1', '']
    assert '1. partial: 491 of 1969 faces\n' in printed


def test_rows_whose_mean_is_not_that_of_their_angles_are_marked():
    paper = metafile_models()
    others = literature()
    marked = {
        (test_set, row.name): row.notes
        for test_set in others['Test Sets']
        for row in printed_rows([*paper, *others['Models']], test_set)
        if row.notes
    }
    note = 'as printed; the mean of its angles is '
    assert marked == {
        ('AFLW2000', 'Landmarks'): [f'{note}8.68'],
        ('AFLW2000', 'ssrnet_md_p1'): [f'{note}6.04'],
        ('BIWI', 'KEPLER'): [f'{note}14.10'],
        ('BIWI', 'fsa_caps_1x1_p1'): [f'{note}4.78'],
        ('BIWI', 'ssrnet_md_p1'): [f'{note}4.80'],
    }


def test_every_printed_row_stands_in_the_paper(shared):
    """Digit for digit in the table that its source names."""
    paper = (shared / 'paper' / 'fsa_net.txt').read_text().replace('<b>', '')
    paper = paper.replace('</b>', '').replace('$', '')
    lines = [line.split('\t') for line in paper.splitlines()]
    start = 0
    tables = {}
    for i, (first, *_) in enumerate(lines):
        for number in '12345':
            if first.startswith(f'Table {number}. '):
                tables[f'Table {number}'] = [line[2:] for line in lines[start:i]]
                start = i
    of_the_paper = [m for m in literature()['Models'] if m.get('Paper') == 'FSA-Net']
    assert of_the_paper
    for model in of_the_paper:
        for result in model['Results']:
            numbers = [*result['Metrics'].values()]
            table = tables[result['Source']]
            if len(numbers) == 1:  # of Tables 4 and 5, whose columns are methods
                assert any(numbers[0] in line for line in table), model['Name']
                continue
            numbers += ['-'] * (4 - len(numbers))
            assert numbers in table, model['Name']


def test_later_methods_say_where_their_numbers_stand():
    for model in literature()['Models']:
        if 'Paper' not in model:
            assert model['Status'] == 'not implemented'
            for result in model['Results']:
                assert result['Source'].startswith('the ')


def test_the_papers_crops_are_those_of_the_code():
    test_sets = literature()['Test Sets']
    biwi = CropFace(pad=0.4, inclusive=True).rule
    assert {
        name: test_set['Protocol']['crop'] for name, test_set in test_sets.items()
    } == {
        'AFLW2000': CropFace(pad=0.6).rule,
        'BIWI': biwi,
        'BIWI, 8 of 24 sequences': biwi,
    }


@pytest.mark.parametrize('content', ['{"a": 1}', '[]', 'nonsense', '{"metrics": {}}'])
def test_what_is_no_results_file_is_named(run_tool, tmp_path, content):
    path = tmp_path / 'results.json'
    path.write_text(content)
    reported = run_tool('analysis_tools/compare.py', path, fails=True)
    assert re.search(r'results.json is not what mmfsa test', reported)


def test_a_missing_results_file_is_named(run_tool, tmp_path):
    reported = run_tool(
        'analysis_tools/compare.py', tmp_path / 'absent.json', fails=True
    )
    assert re.search(r'absent\.json', reported)


def test_another_kind_of_output_is_refused(run_tool, write_results):
    reported = run_tool(
        'analysis_tools/compare.py',
        write_results('a.json'),
        '--out',
        'comparison.txt',
        fails=True,
    )
    assert re.search(r'must end in \.md or \.json', reported)
