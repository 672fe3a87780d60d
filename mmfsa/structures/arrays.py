"""What numpy and torch call by other names, for functions that take both.

Operators, `abs`, `stack`, `where`, `sum` and others have the same name in both. This module
has the rest. It imports torch only when it is given a tensor.
"""

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

Array = TypeVar('Array', np.ndarray, 'Tensor')
NEXT, LAST = np.array([[1, 2, 0], [2, 0, 1]])  # of each axis, the others
SMALLEST = 1e-12  # length of a vector that is not made longer than it is


def is_tensor(value: Any) -> bool:
    """Whether a value is one of torch's tensors."""
    return hasattr(value, 'new_tensor')


def namespace(value: Array) -> ModuleType:
    """numpy for an array, torch for a tensor."""
    if is_tensor(value):
        import torch

        return torch
    return np


def like(values: Any, other: Array) -> Array:
    """Numbers as an array, or as a tensor, of another one's type and place."""
    if is_tensor(other):
        return other.new_tensor(values)
    return np.asarray(values, dtype=np.float64)


def norm(value: Array, axis: int | tuple[int, int] = -1) -> Array:
    """Root of the sum of squares along axes; in torch, its gradient at 0 is 0."""
    if is_tensor(value):
        return namespace(value).linalg.vector_norm(value, dim=axis)
    return np.linalg.norm(value, axis=axis)


def unit(value: Array) -> Array:
    """Vectors (..., n) with a length of 1; zero stays zero."""
    if is_tensor(value):
        return namespace(value).nn.functional.normalize(value, dim=-1)
    return value / np.maximum(norm(value), SMALLEST)[..., None]


def cross(one: Array, other: Array) -> Array:
    """Cross product of vectors (..., 3)."""
    if is_tensor(one):
        return namespace(one).linalg.cross(one, other)
    # The same numbers as np.cross, without its look at every shape.
    return one[..., NEXT] * other[..., LAST] - one[..., LAST] * other[..., NEXT]


def vector_of(*entries: Array) -> Array:
    """(..., n) of n entries (...)."""
    return namespace(entries[0]).stack(entries, -1)


def matrix_of(entries: Sequence[Array], columns: int) -> Array:
    """(..., rows, columns) of entries (...), row after row."""
    if not is_tensor(entries[0]):  # a third of the time
        flat = np.stack(entries, -1)
        return flat.reshape(*flat.shape[:-1], len(entries) // columns, columns)
    rows = [entries[i : i + columns] for i in range(0, len(entries), columns)]
    return namespace(entries[0]).stack([vector_of(*row) for row in rows], -2)


def parts(value: Array, axis: int = -1) -> list[Array]:
    """What lies along an axis, the last or the one before."""
    index = (slice(None),) * (-1 - axis)
    return [value[(..., i, *index)] for i in range(value.shape[axis])]


def row_at(rows: Array, index: Array) -> Array:
    """The row (..., n) with the index (...) of matrices (..., m, n)."""
    index = index[..., None, None]
    if is_tensor(rows):  # ONNX knows no take_along_dim
        return rows.gather(-2, index.expand_as(rows[..., :1, :])).squeeze(-2)
    return np.take_along_axis(rows, index, axis=-2)[..., 0, :]
