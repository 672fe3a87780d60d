"""The method of networks that see videos: each face has a memory of its frames."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from mmfsa.inputs import Crop
from mmfsa.structures import Faces, Frame, Poses

from .crop import NO_OUTPUTS, CropMethod

FORGET_AFTER = 0.5  # seconds without a face, after which its memory is worth nothing


class SequenceMethod(CropMethod):
    """A network that takes crops of faces one frame after the other, and remembers them.

    A face is known by its number, `Faces.ids`, and the time that is over by `Frame.time`.
    A face without a number, one that was away for more than :data:`FORGET_AFTER` seconds,
    and one whose frames have no time begin anew. Arguments are those of
    :class:`CropMethod`.
    """

    remembers = True

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._seen: dict[int, tuple[float, np.ndarray]] = {}

    def predict_batch(
        self, frames: Sequence[Frame], faces: Sequence[Faces]
    ) -> list[Poses]:
        """The poses of several frames' faces, one frame after the other, see
        :meth:`CropMethod.predict_batch`.

        Raises:
            ValueError: A face's frame is not later than its last one.
        """
        answers = []
        for frame, one in zip(frames, faces, strict=True):
            answers += self._answers(
                [frame], [one], partial(self._remember, frame, one)
            )
        return answers

    def _remember(
        self, frame: Frame, faces: Faces, crops: Sequence[Crop | None]
    ) -> dict[str, np.ndarray]:
        """What the network says of the crops that are there, by what it remembers."""
        found = [i for i, crop in enumerate(crops) if crop is not None]
        numbers = [None] * len(found)
        if faces.ids is not None and frame.time is not None:
            numbers = [int(faces.ids[i]) for i in found]
            self._forget_before(frame.time - FORGET_AFTER)
        if not found:
            return dict(NO_OUTPUTS)
        size = self.network.state_size
        elapsed = np.zeros(len(found), np.float32)
        state = np.zeros((len(found), size), np.float32)
        for row, number in enumerate(numbers):
            if number not in self._seen:
                continue
            last, memory = self._seen[number]
            since = frame.time - last
            if since <= 0:
                raise ValueError(
                    f'face {number}: the frame at {frame.time} s follows one at {last} s: '
                    'reset() begins another video'
                )
            elapsed[row], state[row] = since, memory
        images = np.array([crops[i].image for i in found])
        outputs = self.network.run_crops(images, elapsed=elapsed, state=state)
        after = outputs.pop('next_state')
        for number, memory in zip(numbers, after, strict=True):
            if number is not None:
                self._seen[number] = frame.time, memory
        return outputs

    def _forget_before(self, time: float) -> None:
        """Forget the faces that were seen before a time, in seconds, and not since."""
        self._seen = {n: one for n, one in self._seen.items() if one[0] >= time}

    def reset(self, ids: Sequence[int] | None = None) -> None:
        if ids is None:
            self._seen.clear()
        for number in ids or ():
            self._seen.pop(int(number), None)
