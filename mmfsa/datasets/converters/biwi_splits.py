"""BIWI's splits: draws them by subject and writes them into the package.

The authors' 70/30 split was an unseeded permutation of the sequences and was never
published. These are fixed, and nobody is in two parts.
"""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from mmfsa.datasets.split import SPLITS
from mmfsa.utils.reading import read_json

TEST_SEQUENCES = 8
FOLDS = 5


def write_splits(seed: int, folder: Path = SPLITS) -> None:
    """Write ``biwi_70_30.json`` and ``biwi_5_fold.json``.

    Args:
        seed: The seed of the subjects' order.
        folder: Where the files go; the package's own splits by default.
    """
    sequences = defaultdict(list)
    subjects = read_json(SPLITS / 'biwi_subjects.json')['subjects']
    for sequence, subject in subjects.items():
        sequences[subject].append(sequence)
    order = np.random.RandomState(seed).permutation(sorted(sequences)).tolist()

    test = []
    for subject in order:
        if len(test) + len(sequences[subject]) <= TEST_SEQUENCES:
            test += sequences[subject]
    train = set(subjects) - set(test)
    halves = {'train': sorted(train), 'test': sorted(test)}
    folds = {
        f'fold{i}': sorted(s for subject in order[i::FOLDS] for s in sequences[subject])
        for i in range(FOLDS)
    }
    for name, parts in (('biwi_70_30', halves), (f'biwi_{FOLDS}_fold', folds)):
        split = {
            'command': f'python tools/dataset_converters/biwi_splits.py --seed {seed}',
            'by': 'sequence',
            'parts': parts,
        }
        (folder / f'{name}.json').write_text(json.dumps(split, indent=1) + '\n')
