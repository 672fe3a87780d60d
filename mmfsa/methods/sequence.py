"""The method of networks that see videos: each face has a memory of its frames."""

from collections.abc import Sequence

import numpy as np

from mmfsa.structures import Faces, Frame, Poses

from .crop import CropMethod

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
            self._now = frame, one
            answers += super().predict_batch([frame], [one])
        return answers

    def _run(self, crops: Sequence) -> dict[str, np.ndarray]:
        frame, faces = self._now
        found = [i for i, crop in enumerate(crops) if crop is not None]
        numbers = [None] * len(found)
        if faces.ids is not None and frame.time is not None:
            numbers = [int(faces.ids[i]) for i in found]
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
            if since <= FORGET_AFTER:
                elapsed[row], state[row] = since, memory
        outputs = self._outputs(
            [crops[i].image for i in found], elapsed=elapsed, state=state
        )
        after = outputs.pop('next_state', state)
        for number, memory in zip(numbers, after, strict=True):
            if number is not None:
                self._seen[number] = frame.time, memory
        return outputs

    def reset(self, ids: Sequence[int] | None = None) -> None:
        if ids is None:
            self._seen.clear()
        for number in ids or ():
            self._seen.pop(int(number), None)
