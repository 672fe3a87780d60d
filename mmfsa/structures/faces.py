"""A frame, and the faces in it: what every method takes."""

from dataclasses import dataclass, fields, replace

import numpy as np

from .camera import Camera


@dataclass
class Frame:
    """An image and where it comes from.

    Attributes:
        image: (H, W, 3) BGR uint8.
        name: The file, or what stands for it.
        index: Number in a video, from 0; None for a single image.
        time: Time in a video, in seconds.
        depth: (H, W) distances in millimetres, 0 where none was measured.
        camera: The camera's intrinsics.
        number: Number among the inputs, from 0, of an image that is no file.
        times: How many of the file's pixels a pixel's side stands for.
    """

    image: np.ndarray
    name: str = ''
    index: int | None = None
    time: float | None = None
    depth: np.ndarray | None = None
    camera: Camera | None = None
    number: int | None = None
    times: int = 1

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]


@dataclass
class Faces:
    """The n faces of a frame.

    Attributes:
        boxes: (n, 4) float32 x1, y1, x2, y2 in pixels; a box may reach beyond the image.
        kind: The kind of all boxes (:mod:`mmfsa.inputs.kinds`).
        scores: (n,) float32 in [0, 1]; NaN: not known.
        landmarks: (n, 5, 2), (n, 6, 2) or (n, 68, 2) float32 x, y in pixels; None: not
            known. The five are the eyes, the nose and the corners of the mouth, the six
            the eyes, the nose, the middle of the mouth and the ears, each pair from the
            image's left.
        ids: (n,) numbers that stay with the faces of a video; None outside of videos.

    Raises:
        ValueError: A shape is another.
    """

    boxes: np.ndarray
    kind: str
    scores: np.ndarray | None = None
    landmarks: np.ndarray | None = None
    ids: np.ndarray | None = None

    def __post_init__(self) -> None:
        try:
            self.boxes = np.asarray(self.boxes, dtype=np.float32)
        except (TypeError, ValueError) as e:
            raise ValueError(
                f'boxes must be (n, 4): x1, y1, x2, y2, got {self.boxes!r}'
            ) from e
        if self.boxes.size == 0:
            self.boxes = self.boxes.reshape(0, 4)
        if self.boxes.ndim != 2 or self.boxes.shape[1] != 4:
            raise ValueError(
                f'boxes must be (n, 4): x1, y1, x2, y2, got {self.boxes.shape}'
            )
        if self.scores is None:
            self.scores = np.ones(len(self.boxes), dtype=np.float32)
        for name in ('scores', 'landmarks', 'ids'):
            value = getattr(self, name)
            if value is not None and len(value) != len(self.boxes):
                raise ValueError(
                    f'there are {len(self.boxes)} boxes and {len(value)} {name}'
                )

    def __len__(self) -> int:
        return len(self.boxes)

    def take(self, index: np.ndarray) -> 'Faces':
        """Some of the faces, by a mask or their indices."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self)}
        chosen = {
            name: value[index]
            for name, value in arrays.items()
            if isinstance(value, np.ndarray)
        }
        return replace(self, **chosen)
