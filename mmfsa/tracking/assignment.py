"""Pairs the faces of two frames so that their scores are highest in sum."""

import numpy as np


def assign(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of rows and columns, each at most once, with the highest sum of scores.

    Shortest augmenting paths (Jonker and Volgenant, Computing 1987), as scipy's
    ``linear_sum_assignment``: a handful of faces needs no package of 100 MB.

    Args:
        scores: (n, m) finite numbers.

    Returns:
        The rows (k,), which rise, and their columns (k,); k is the smaller of n and m.

    >>> assign(np.array([[0.9, 0.8, 0.0], [0.8, 0.1, 0.0]]))
    (array([0, 1]), array([1, 0]))
    """
    scores = np.asarray(scores, dtype=np.float64)
    if scores.shape[0] > scores.shape[1]:
        columns, rows = assign(scores.T)
        order = np.argsort(rows)
        return rows[order], columns[order]
    num, width = scores.shape
    # With a column in front for the row that is to be placed.
    cost = np.hstack([np.zeros((num, 1)), -scores])
    of_row, of_column = np.zeros(num), np.zeros(width + 1)  # the dual prices
    row_of = np.full(width + 1, -1)
    for new in range(num):
        row_of[0], column = new, 0
        least, before = np.full(width + 1, np.inf), np.zeros(width + 1, dtype=int)
        done = np.zeros(width + 1, dtype=bool)
        while row_of[column] >= 0:
            done[column] = True
            row = row_of[column]
            slack = cost[row] - of_row[row] - of_column
            shorter = ~done & (slack < least)
            least[shorter], before[shorter] = slack[shorter], column
            column = int(np.argmin(np.where(done, np.inf, least)))
            step = least[column]
            of_row[row_of[done]] += step
            of_column[done] -= step
            least[~done] -= step
        while column:  # back along the path
            row_of[column] = row_of[before[column]]
            column = before[column]
    columns = np.flatnonzero(row_of[1:] >= 0)
    order = np.argsort(row_of[1:][columns])
    return np.arange(num), columns[order]
