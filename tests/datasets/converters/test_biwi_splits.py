"""BIWI's splits: the package's own come from the command that they name."""

import json

from mmfsa.datasets.converters.biwi_splits import write_splits
from mmfsa.datasets.split import SPLITS

NAMES = 'biwi_70_30.json', 'biwi_5_fold.json'


def test_the_packages_splits_are_those_of_seed_0(tmp_path):
    write_splits(0, tmp_path)
    for name in NAMES:
        assert json.loads((tmp_path / name).read_text()) == json.loads(
            (SPLITS / name).read_text()
        )


def test_another_seed_draws_other_parts(tmp_path):
    write_splits(1, tmp_path)
    for name in NAMES:
        assert json.loads((tmp_path / name).read_text()) != json.loads(
            (SPLITS / name).read_text()
        )


def test_the_tool_has_its_seed(run_tool):
    assert '--seed' in run_tool('dataset_converters/biwi_splits.py', '--help')
