"""Draw BIWI's splits by subject and write them into the package.

    python tools/dataset_converters/biwi_splits.py --seed 0

The authors' 70/30 split was an unseeded permutation of the sequences and was never
published. These are fixed, and nobody is in two parts.
"""

import argparse
import json
from collections import defaultdict

import mmengine
import numpy as np

from mmfsa.datasets.split import SPLITS

TEST_SEQUENCES = 8
FOLDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--seed', type=int, default=0)
    seed = parser.parse_args().seed

    sequences = defaultdict(list)
    subjects = mmengine.load(SPLITS / 'biwi_subjects.json')['subjects']
    for sequence, subject in subjects.items():
        sequences[subject].append(sequence)
    order = np.random.RandomState(seed).permutation(sorted(sequences)).tolist()

    test = []
    for subject in order:
        if len(test) + len(sequences[subject]) <= TEST_SEQUENCES:
            test += sequences[subject]
    train = set(subjects) - set(test)
    write('biwi_70_30', seed, {'train': sorted(train), 'test': sorted(test)})

    folds = {
        f'fold{i}': sorted(s for subject in order[i::FOLDS] for s in sequences[subject])
        for i in range(FOLDS)
    }
    write(f'biwi_{FOLDS}_fold', seed, folds)


def write(name: str, seed: int, parts: dict[str, list[str]]) -> None:
    split = {
        'command': f'python tools/dataset_converters/biwi_splits.py --seed {seed}',
        'by': 'sequence',
        'parts': parts,
    }
    (SPLITS / f'{name}.json').write_text(json.dumps(split, indent=1) + '\n')


if __name__ == '__main__':
    main()
