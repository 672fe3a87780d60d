"""How a loader's workers put the faces of a batch together."""

from collections.abc import Sequence

from mmengine.dataset import default_collate

from mmfsa.registry import FUNCTIONS


@FUNCTIONS.register_module()
def stack_faces(batch: Sequence[dict], _scope_: str | None = None) -> dict:  # noqa: ARG001
    """Stack the images of a batch: a worker then hands over one tensor.

    Args:
        batch: What `PackHeadPoseInputs` returns for each face.
        _scope_: mmengine adds it where a config inherits from `mmfsa::…`, and would
            hand it to its own `default_collate`, which does not know it.
    """
    return default_collate(batch)
