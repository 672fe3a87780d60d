import json

import pytest

from mmfsa.datasets.split import SPLITS, select

ENTRIES = [dict(img_id=i, sequence=f'{i % 24 + 1:02d}') for i in range(240)]
SUBJECTS = json.loads((SPLITS / 'biwi_subjects.json').read_text())['subjects']


def test_fraction_is_a_partition_that_the_seed_fixes():
    train = select(ENTRIES, 'train', fraction=0.8, seed=0)
    val = select(ENTRIES, 'val', fraction=0.8, seed=0)
    assert len(train) == 192
    ids = sorted(entry['img_id'] for entry in train + val)
    assert ids == list(range(240))
    assert train == select(ENTRIES, 'train', fraction=0.8, seed=0)
    assert train != select(ENTRIES, 'train', fraction=0.8, seed=1)
    assert train != ENTRIES[:192]


def test_biwi_has_20_subjects_4_of_them_twice():
    assert sorted(SUBJECTS) == [f'{i:02d}' for i in range(1, 25)]
    assert len(set(SUBJECTS.values())) == 20


def test_biwi_70_30_is_subject_disjoint():
    train = select(ENTRIES, 'train', file='biwi_70_30')
    test = select(ENTRIES, 'test', file='biwi_70_30')
    assert len({e['sequence'] for e in train}) == 16
    assert len({e['sequence'] for e in test}) == 8
    people = [{SUBJECTS[e['sequence']] for e in part} for part in (train, test)]
    assert not people[0] & people[1]


def test_biwi_folds_are_subject_disjoint_and_join():
    folds = [select(ENTRIES, f'fold{i}', file='biwi_5_fold') for i in range(5)]
    people = [{SUBJECTS[e['sequence']] for e in fold} for fold in folds]
    assert sum(map(len, people)) == len(set.union(*people)) == 20
    rest = select(ENTRIES, [f'fold{i}' for i in range(1, 5)], file='biwi_5_fold')
    assert len(rest) + len(folds[0]) == len(ENTRIES)


def test_own_file(tmp_path):
    file = tmp_path / 'mine.json'
    file.write_text(json.dumps(dict(by='sequence', parts=dict(a=['03', '05']))))
    assert {e['sequence'] for e in select(ENTRIES, 'a', file=str(file))} == {'03', '05'}


@pytest.mark.parametrize(
    ('kwargs', 'message'),
    [
        (dict(part='test', file='biwi_70_30', fraction=0.5), 'either'),
        (dict(part='test'), 'either'),
        (dict(part='val', file='biwi_70_30'), 'no part'),
        (dict(part='test', fraction=0.8), 'train or val'),
        (dict(part='val', fraction=80), 'fraction'),
    ],
)
def test_bad_split(kwargs, message):
    with pytest.raises(ValueError, match=message):
        select(ENTRIES, **kwargs)


def test_incomplete_data_is_an_error():
    some = [entry for entry in ENTRIES if entry['sequence'] != '09']
    with pytest.raises(ValueError, match=r"\['09'\]"):
        select(some, 'test', file='biwi_70_30')


@pytest.mark.parametrize(
    ('split', 'message'),
    [
        (
            dict(part='train', file='biwi_80_20'),
            'no split biwi_80_20: biwi_5_fold, biwi_',
        ),
        (
            dict(part=['train', 'val'], fraction=0.5),
            r"train or val, got \['train', 'val'\]",
        ),
    ],
)
def test_what_is_no_split_is_named(split, message):
    with pytest.raises(ValueError, match=message):
        select(ENTRIES, **split)


def test_a_random_part_of_sequences():
    parts = [
        {
            entry['sequence']
            for entry in select(ENTRIES, part, fraction=0.75, by='sequence')
        }
        for part in ('train', 'val')
    ]
    assert [len(part) for part in parts] == [18, 6]
    assert not parts[0] & parts[1]
    with pytest.raises(ValueError, match='a has no film to split by'):
        select([dict(img_path='a')], 'train', fraction=0.5, by='film')
    with pytest.raises(ValueError, match='by= is for fraction='):
        select(ENTRIES, 'test', file='biwi_70_30', by='subject')
