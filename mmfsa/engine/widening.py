"""A wider network that begins as a narrow one: more channels for what was learned."""

import logging
from pathlib import Path

from mmengine import Config
from mmengine.runner import set_random_seed
from torch import Tensor

from mmfsa.registry import MODELS
from mmfsa.utils.configs import build_part

from .checkpoint import load_checkpoint, save_checkpoint

WIDENED = 'backbone.'


def widen_checkpoint(cfg: Config, src: Path, dst: Path) -> None:
    """Write the first checkpoint of a network from the last one of a narrower network.

    A layer's first channels in the backbone are the narrow network's. They see nothing of
    the new channels yet, so the backbone computes what it did ("Net2Net", Chen et al.,
    ICLR 2016, has the idea). Behind the backbone, weights of the same shape are kept. All
    others begin as in any training, with seed 0.

    Args:
        cfg: The experiment of the wide network.
        src: The checkpoint of the narrow one.
        dst: The checkpoint to write.

    Raises:
        FileNotFoundError: There is no such checkpoint.
        ValueError: The narrow network has other layers in its backbone, or wider ones.
    """
    narrow = load_checkpoint(src)['state_dict']
    set_random_seed(0)
    model = build_part(cfg, 'model', MODELS)
    logging.disable(logging.INFO)  # mmengine logs each weight
    model.init_weights()
    logging.disable(logging.NOTSET)
    wide = model.state_dict()
    for key, first in wide.items():
        old = narrow.get(key)
        if key.startswith(WIDENED):
            if old is None or not _fits(old, first):
                raise ValueError(
                    f'{src} has no {key} that {tuple(first.shape)} can hold'
                )
            wide[key] = grown(old, first)
        elif old is not None and old.shape == first.shape:
            wide[key] = old
    save_checkpoint(
        dict(state_dict=wide, meta=dict(config=Path(cfg.filename).name)), dst
    )


def grown(old: Tensor, first: Tensor) -> Tensor:
    """A layer's weights with more channels: the old outputs read the old inputs alone.

    >>> import torch
    >>> grown(torch.ones(1, 2), torch.full((2, 3), 7.0))
    tensor([[1., 1., 0.],
            [7., 7., 7.]])
    """
    new = first.clone()
    if new.dim() > 1:
        new[: old.shape[0]] = 0
    new[tuple(slice(size) for size in old.shape)] = old
    return new


def _fits(old: Tensor, first: Tensor) -> bool:
    return old.dim() == first.dim() and all(
        o <= f for o, f in zip(old.shape, first.shape, strict=True)
    )
