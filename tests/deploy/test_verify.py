"""Which rows pass, and which files are refused before anything is computed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mmfsa.deploy import verify
from mmfsa.deploy.verify import verification_table


@pytest.fixture
def verified(model_file, monkeypatch):
    """Verify a file whose backend is off by so many degrees, with a card's changes."""
    card = model_file('fsa_caps_1x1_p1')[1]
    crops = np.zeros((20, 64, 64, 3), np.uint8)

    def run(off, labels=None, **changes):
        class Backend:
            def __init__(self, card):
                self.card = card

            def estimate(self, crops):
                return np.full((len(crops), 3), 10.0 + (off if self.card else 0))

        made = replace(card, **changes)
        monkeypatch.setattr(verify, 'backends_of', lambda _: ['onnxruntime'])
        monkeypatch.setattr(
            verify,
            'build_backend',
            lambda name, _: Backend(None if name == 'torch' else made),
        )
        monkeypatch.setattr(
            verify, 'reference_poses', lambda *_: np.full((len(crops), 3), 10.0)
        )
        return verify.verify(None, card, [Path('a.onnx')], crops, labels)

    return run


def test_the_gates_of_each_precision(verified):
    assert verified(0)[1]['failed'] == []
    assert verified(0.01)[1]['failed'] == ['max is 0.01°, the gate of fp32 is 0.001°']
    assert verified(0.01, precision='fp16')[1]['failed'] == []
    (failed,) = verified(0.01, precision='int8')[1]['failed']
    assert failed == 'MAE_drift needs a labelled data set'
    labels = np.full((20, 3), 12.0)
    row = verified(-0.05, labels, precision='int8')[1]
    assert row['failed'] == []
    assert row['MAE'] == pytest.approx(2.05)
    assert row['MAE_drift'] == pytest.approx(0.05)
    assert verified(-0.2, labels, precision='int8')[1]['failed']


def test_other_files_are_refused(verified):
    with pytest.raises(ValueError, match='from other weights'):
        verified(0, weights_sha256='0' * 64)
    with pytest.raises(ValueError, match='exported with --flip-test'):
        verified(0, flip_test=True)


def test_the_table_says_what_failed(verified):
    table = verification_table(verified(1.0))
    assert '| (the model)' in table and 'passes' in table
    assert 'max is 1°, the gate of fp32 is 0.001°' in table
