"""The pairs of faces are those of scipy, whose package inference does not need."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from mmfsa.tracking.assignment import assign


@pytest.mark.parametrize('seed', range(8))
def test_the_pairs_of_scipy(seed):
    rng = np.random.default_rng(seed)
    for _ in range(40):
        scores = rng.random(rng.integers(0, 9, 2))
        if seed % 2:  # as of boxes that mostly do not overlap
            scores *= scores > 0.7
        rows, columns = assign(scores)
        expected = linear_sum_assignment(scores, maximize=True)
        assert rows.tolist() == sorted({*rows.tolist()})
        assert len({*columns.tolist()}) == len(columns) == min(scores.shape)
        np.testing.assert_allclose(scores[rows, columns].sum(), scores[expected].sum())
        if not seed % 2:  # with ties, other pairs may have the same sum
            assert (rows.tolist(), columns.tolist()) == tuple(
                e.tolist() for e in expected
            )
