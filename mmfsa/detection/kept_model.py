"""Network files of other packages, made ready for ONNX Runtime once and kept."""

import hashlib
import inspect
from collections.abc import Callable
from pathlib import Path

from mmfsa.utils.files import cache_path, caching, has_its_digest, note_digest, sha256


def kept_model(file: Path, make: Callable[[Path], bytes]) -> Path | bytes:
    """What a function makes of a network file, made once and kept in mmfsa's cache.

    Another file, or another version of the module that has the function, gives another
    model. A damaged one is made again. Where a model is kept, onnx is not imported, which
    takes longer than all else at a detector's start.

    Args:
        file: The network file.
        make: Gives the content of an ONNX file.

    Returns:
        The model's file; its content, where the cache can't be written.
    """
    digests = f'{sha256(file)} {sha256(inspect.getfile(make))}'
    digest = hashlib.sha256(digests.encode()).hexdigest()[:16]
    kept = cache_path(f'{file.stem}_{digest}.onnx')
    if not has_its_digest(kept):
        model = make(file)
        try:
            with caching(kept) as temporary:
                temporary.write_bytes(model)
            note_digest(kept)
        except OSError:
            return model
    return kept
