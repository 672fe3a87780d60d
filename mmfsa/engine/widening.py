"""A wider network that begins as a narrow one: what was learned goes on in more channels."""

from collections.abc import Mapping

from torch import Tensor


def widen(narrow: Mapping[str, Tensor], wide: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Put the weights of a narrow network into a wide one of the same layers.

    A layer's first channels are the narrow network's. They see nothing of the new
    channels yet, so the widened layers compute what they did ("Net2Net", Chen et al.,
    ICLR 2016, has the idea). New channels keep the weights they begin with.

    Args:
        narrow: The weights of the narrow network.
        wide: The first weights of the wide one.

    Returns:
        The weights of the wide network. Where the narrow one has no such weight, or a
        larger one, the first weight stands.
    """
    return {key: _grown(narrow.get(key), first) for key, first in wide.items()}


def _grown(old: Tensor | None, first: Tensor) -> Tensor:
    if old is None or old.dim() != first.dim():
        return first
    if any(o > f for o, f in zip(old.shape, first.shape, strict=True)):
        return first
    new = first.clone()
    if new.dim() > 1:
        new[: old.shape[0]] = 0
    new[tuple(slice(size) for size in old.shape)] = old
    return new
