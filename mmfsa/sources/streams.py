"""Where images come from: files, folders, globs, arrays, videos and cameras."""

import glob
import mimetypes
import time
from abc import ABCMeta, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np

from mmfsa.structures import Frame
from mmfsa.utils.depth import depth_of
from mmfsa.utils.images import check_is_array, read_image, to_bgr

CAMERA = 'webcam:'
Image = str | Path | np.ndarray


class Stream(metaclass=ABCMeta):
    """Images that belong together.

    Attributes:
        name: Name of the whole.
        is_video: The images follow each other in time.
        fps: Frames a second of a video.
        problems: What could not be read so far, as (name, reason).
    """

    is_video = True
    fps: float = 30.0

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[tuple[str, str]] = []

    @abstractmethod
    def __iter__(self) -> Iterator[Frame]:
        """The images; what can't be read becomes a problem."""


def expand(inputs: Image | Sequence[Image]) -> list[Image]:
    """The single files, arrays and cameras of what a user gives.

    Args:
        inputs: A file, a folder (its images and videos, sorted), a glob, `webcam:N`, an
            array (H, W), (H, W, 3) BGR or (H, W, 4), or several of those.

    Raises:
        ValueError: Something else is among them, such as None.
    """
    if isinstance(inputs, (list, tuple)):
        return [item for part in inputs for item in expand(part)]
    if not isinstance(inputs, (str, Path)):
        check_is_array(inputs)
    if isinstance(inputs, np.ndarray) or str(inputs).startswith(CAMERA):
        return [inputs]
    found = []
    if Path(inputs).is_dir():
        found = sorted(path for path in Path(inputs).iterdir() if media_type(path))
    elif not Path(inputs).exists() and glob.has_magic(str(inputs)):
        found = sorted(glob.glob(str(inputs), recursive=True))  # noqa: PTH207
    return found or [inputs]


def open_streams(
    items: Sequence[Image],
    as_video: bool = False,
    depths: Sequence[Image] | None = None,
) -> Iterator[Stream]:
    """Sort items into streams: successive images together, each video alone.

    Args:
        items: Files, arrays and cameras.
        as_video: The images are the frames of one video.
        depths: The depth map of each image, a file or an array in millimetres; then all
            items must be images.

    Raises:
        ValueError: There are not as many depth maps as images, or not images alone.
    """
    if depths is not None:
        if holds_video(items):
            raise ValueError('a video has no depth maps: give its frames as images')
        if len(depths) != len(items):
            raise ValueError(
                f'there are {len(depths)} depth maps for {len(items)} images: give one '
                'for each, in their order'
            )
    for kind, group in groupby(items, _kind):
        if kind is ImageStream:
            yield ImageStream(list(group), as_video, depths)
        else:
            yield from (kind(item) for item in group)


def media_type(path: str | Path) -> str:
    """`image`, `video` or, of other files, an empty string."""
    kind = (mimetypes.guess_type(Path(path).name)[0] or '').partition('/')[0]
    return kind if kind in ('image', 'video') else ''


def holds_video(items: Sequence[Image]) -> bool:
    """Whether a video or a camera is among items."""
    return any(_kind(item) is not ImageStream for item in items)


def _kind(item: Image) -> type[Stream]:
    if isinstance(item, np.ndarray):
        return ImageStream
    if str(item).startswith(CAMERA):
        return CameraStream
    return VideoStream if media_type(item) == 'video' else ImageStream


class ImageStream(Stream):
    """Image files and arrays, each with its depth map where these are given."""

    def __init__(
        self,
        items: Sequence[Image],
        as_video: bool = False,
        depths: Sequence[Image] | None = None,
    ) -> None:
        first = items[0]
        if isinstance(first, np.ndarray):
            super().__init__('array')
        else:
            super().__init__(str(Path(first).parent if as_video else first))
        self.items = items
        self.depths = depths
        self.is_video = as_video

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Frame]:
        for i, item in enumerate(self.items):
            is_array = isinstance(item, np.ndarray)
            name = f'{i:08}' if is_array else str(item)
            try:
                image = to_bgr(item) if is_array else read_image(item)
                depth = None
                if self.depths is not None:
                    depth = depth_of(self.depths[i], image.shape[1::-1])
            except OSError as e:
                self.problems.append((name, e.strerror))
            except ValueError as e:
                self.problems.append((name, str(e).removeprefix(f'{name}: ')))
            else:
                when = (i, i / self.fps) if self.is_video else ()
                yield Frame(image, name, *when, depth=depth)


class VideoStream(Stream):
    """A video file."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(str(path))
        self._capture = cv2.VideoCapture(str(path))
        self.fps = self._capture.get(cv2.CAP_PROP_FPS) or self.fps

    def __len__(self) -> int:
        return max(0, int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))

    def __iter__(self) -> Iterator[Frame]:
        if not self._capture.isOpened():
            reason = 'no video that OpenCV can read'
            if not Path(self.name).exists():
                reason = 'no such file'
            self.problems.append((self.name, reason))
            return
        index, last = 0, -1.0
        try:
            while True:
                found, image = self._capture.read()
                if not found:
                    break
                seconds = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
                if not seconds > last:  # some files lack timestamps, or some of them
                    seconds = max(index / self.fps, last + 1 / self.fps)
                yield Frame(image, self.name, index, seconds)
                index, last = index + 1, seconds
        finally:
            count = len(self)
            self._capture.release()
        # The count in the header may be off by a little.
        if index < 0.99 * count - 1:
            self.problems.append(
                (self.name, f'breaks off after {index} of {count} frames')
            )


class CameraStream(Stream):
    """A camera, until it is unplugged or the program interrupted."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        number = name.removeprefix(CAMERA)
        if not number.isdigit():
            raise ValueError(f'a camera is {CAMERA}N with its number N, got {name}')
        self._capture = cv2.VideoCapture(int(number))
        self.fps = self._capture.get(cv2.CAP_PROP_FPS) or self.fps

    def __iter__(self) -> Iterator[Frame]:
        start, index = time.monotonic(), 0
        try:
            while True:
                found, image = self._capture.read()
                if not found:
                    self.problems.append(
                        (self.name, f'no picture after {index} frames: is it in use?')
                    )
                    return
                yield Frame(image, self.name, index, time.monotonic() - start)
                index += 1
        finally:
            self._capture.release()
