"""Where images come from: files, folders, globs, arrays, videos and cameras."""

import glob
import mimetypes
import time
from abc import ABCMeta, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

CAMERA = 'webcam:'
Image = str | Path | np.ndarray


class Frame(NamedTuple):
    """An image and where it comes from.

    Attributes:
        image: (H, W, 3) BGR uint8.
        name: The file, or what stands for it.
        index: In a video, from 0.
        time: In a video, in seconds.
    """

    image: np.ndarray
    name: str
    index: int | None = None
    time: float | None = None


class Stream(metaclass=ABCMeta):
    """Images that belong together.

    Attributes:
        name: Of the whole.
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
    """
    if isinstance(inputs, (list, tuple)):
        return [item for part in inputs for item in expand(part)]
    if isinstance(inputs, np.ndarray) or str(inputs).startswith(CAMERA):
        return [inputs]
    found = []
    if Path(inputs).is_dir():
        found = sorted(path for path in Path(inputs).iterdir() if media_type(path))
    elif not Path(inputs).exists() and glob.has_magic(str(inputs)):
        found = sorted(glob.glob(str(inputs), recursive=True))  # noqa: PTH207
    return found or [inputs]


def open_streams(items: Sequence[Image], as_video: bool = False) -> Iterator[Stream]:
    """Sort items into streams: successive images together, each video alone.

    Args:
        items: Files, arrays and cameras.
        as_video: The images are the frames of one video.
    """
    for kind, group in groupby(items, _kind):
        if kind is ImageStream:
            yield ImageStream(list(group), as_video)
        else:
            yield from (kind(item) for item in group)


def media_type(path: str | Path) -> str:
    """`image`, `video` or, of other files, an empty string."""
    kind = (mimetypes.guess_type(Path(path).name)[0] or '').partition('/')[0]
    return kind if kind in ('image', 'video') else ''


def _kind(item: Image) -> type[Stream]:
    if isinstance(item, np.ndarray):
        return ImageStream
    if str(item).startswith(CAMERA):
        return CameraStream
    return VideoStream if media_type(item) == 'video' else ImageStream


class ImageStream(Stream):
    """Image files and arrays."""

    def __init__(self, items: Sequence[Image], as_video: bool = False) -> None:
        first = items[0]
        if isinstance(first, np.ndarray):
            super().__init__('array')
        else:
            super().__init__(str(Path(first).parent if as_video else first))
        self.items = items
        self.is_video = as_video

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Frame]:
        for i, item in enumerate(self.items):
            is_array = isinstance(item, np.ndarray)
            name = f'{i:08}' if is_array else str(item)
            try:
                image = to_bgr(item) if is_array else read_image(item)
            except OSError as e:
                self.problems.append((name, e.strerror))
            except ValueError as e:
                self.problems.append((name, str(e)))
            else:
                when = (i, i / self.fps) if self.is_video else ()
                yield Frame(image, name, *when)


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


def read_image(path: str | Path) -> np.ndarray:
    """Read an image file as its viewer shows it (EXIF rotation).

    Returns:
        (H, W, 3) BGR uint8.

    Raises:
        OSError: If the file can't be read.
        ValueError: If it is no image.
    """
    if '://' in str(path):
        raise ValueError('addresses are not read: save the file first')
    if Path(path).is_dir():
        raise ValueError('the folder has no image or video')
    # Through memory, as OpenCV opens not every path.
    data = np.frombuffer(Path(path).read_bytes(), np.uint8)
    try:
        image = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    except cv2.error:  # of sizes beyond its limit
        image = None
    if image is None:
        raise ValueError('no image that OpenCV can read')
    return image


def to_bgr(image: np.ndarray) -> np.ndarray:
    """An array as (H, W, 3) BGR uint8.

    Args:
        image: (H, W) or (H, W, 1) grey, (H, W, 3) BGR or (H, W, 4) BGRA; uint8, or
            uint16 over its whole range.

    Raises:
        ValueError: If it is another.
    """
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    channels = 1 if image.ndim == 2 else image.shape[-1]
    shown = image.ndim in (2, 3) and channels in (1, 3, 4) and image.size
    if image.dtype != np.uint8 or not shown:
        raise ValueError(
            'an image is (H, W), (H, W, 3) BGR or (H, W, 4) of uint8 or uint16, got '
            f'{image.shape} of {image.dtype}'
        )
    code = {1: cv2.COLOR_GRAY2BGR, 4: cv2.COLOR_BGRA2BGR}.get(channels)
    return image if code is None else cv2.cvtColor(image, code)
