"""Says when somebody new may be in a video's picture: it has changed beside the faces."""

import numpy as np

CHANGE = 15  # grey levels of a thumbnail's pixel; below it, noise and flicker change it
PIXELS = 2  # of a thumbnail, that a newcomer changes at least
# Where a person with a face moves, in widths and heights of the face's box.
HAIR, ABOVE = 2.2, 0.8
ARMS = 5


class Newcomers:
    """Compares the picture with the one in which faces were last looked for.

    Where a known face moves, and below it, the picture changes anyway. Where the camera
    moves, it changes everywhere: then somebody new may always be there.
    """

    def __init__(self) -> None:
        self._last = None
        self._faces = np.empty((0, 4))

    def looked(self, thumbnail: np.ndarray, faces: np.ndarray) -> None:
        """Take the picture in which a detector has looked for faces.

        Args:
            thumbnail: (h, w, 3) the frame, much smaller.
            faces: (n, 4) the boxes that it found, in shares of the frame's sides.
        """
        self._last, self._faces = thumbnail, faces

    def may_be_there(self, thumbnail: np.ndarray, faces: np.ndarray) -> bool:
        """Whether somebody may be in the next frame whom nobody has looked for.

        Args:
            thumbnail: (h, w, 3) the frame, much smaller.
            faces: (n, 4) where the faces are now, in shares of the frame's sides.
        """
        if self._last is None:
            return True
        changed = np.abs(thumbnail - self._last) > CHANGE
        if changed.sum() < PIXELS:  # as in most frames
            return False
        changed = changed.any(axis=2)
        changed &= ~_around(np.concatenate([self._faces, faces]), changed.shape)
        return bool(changed.sum() >= PIXELS)


def _around(faces: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The pixels (h, w) of a thumbnail in which the people with these faces move."""
    rows, columns = ((np.arange(length) + 0.5) / length for length in shape)
    left, top, right, bottom = faces.T[..., None]
    apart = np.abs(columns - (left + right) / 2)  # (n, w) from the face's middle
    head = apart < HAIR / 2 * (right - left)
    body = apart < ARMS / 2 * (right - left)
    at_head = (rows > top - ABOVE * (bottom - top)) & (rows <= bottom)  # (n, h)
    at_body = rows > bottom
    person = at_head[..., None] & head[:, None] | at_body[..., None] & body[:, None]
    return person.any(axis=0)
