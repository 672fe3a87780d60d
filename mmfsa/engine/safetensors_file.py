"""Checkpoints as safetensors files: tensors and a header of JSON, and nothing to run.

The file's metadata has the checkpoint's `meta` as JSON, under the key `mmfsa`.
"""

import json
from collections.abc import Callable
from pathlib import Path

import torch

from mmfsa.utils.files import replacing, to_json
from mmfsa.utils.packages import import_package

SUFFIX = '.safetensors'
KEY = 'mmfsa'


def is_safetensors(path: str | Path) -> bool:
    """Whether a file is called a safetensors file."""
    return Path(path).suffix.lower() == SUFFIX


def read_safetensors(path: Path, map_location: str | Callable = 'cpu') -> dict:
    """Read a checkpoint.

    Args:
        path: The file.
        map_location: The device that the tensors go to.

    Returns:
        `state_dict` and `meta`, which is empty where another project wrote the file.

    Raises:
        ImportError: The package safetensors is not installed.
        ValueError: The file is damaged, or its `meta` is no JSON object.
    """
    safetensors = import_package('safetensors')
    device = map_location if isinstance(map_location, str) else 'cpu'
    try:
        with safetensors.safe_open(path, framework='pt', device=device) as file:
            text = (file.metadata() or {}).get(KEY, '{}')
            state_dict = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        meta = json.loads(text)
    except Exception as e:  # it has an error of its own for each kind of damage
        raise ValueError(f'{path} is damaged or no safetensors file: {e}') from e
    return dict(state_dict=state_dict, meta=meta)


def write_safetensors(checkpoint: dict, path: str | Path) -> None:
    """Write a checkpoint; it gets its name when it is whole.

    Args:
        checkpoint: `state_dict` and `meta`. What a training needs to go on is no part of
            such a file.
        path: The file.

    Raises:
        ImportError: The package safetensors is not installed.
        ValueError: The checkpoint has more than weights, such as an optimizer.
    """
    import_package('safetensors')
    from safetensors.torch import save

    more = sorted(checkpoint.keys() - {'state_dict', 'meta'})
    if more:
        raise ValueError(
            f'{path}: a safetensors file has no place for {", ".join(more)}'
        )
    tensors = {
        name: torch.clone(value).contiguous()  # each for itself, also where they share
        for name, value in checkpoint['state_dict'].items()
    }
    content = save(tensors, {'format': 'pt', KEY: to_json(checkpoint['meta'])})
    with replacing(path) as temporary:
        temporary.write_bytes(content)
