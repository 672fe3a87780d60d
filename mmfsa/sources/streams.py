"""Where images come from: files, folders, globs, arrays, videos and cameras."""

import glob
import logging
import time
from abc import ABCMeta, abstractmethod
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np

from mmfsa.structures import Camera, Frame
from mmfsa.utils.exif import read_exif
from mmfsa.utils.images import check_is_array, read_image, to_bgr
from mmfsa.utils.media import media_type

CAMERA = 'webcam:'
# How frames are turned to be upright, by the degrees that the file says.
VIDEO_TURNS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}
PIXEL_SIDES = cv2.CAP_PROP_SAR_NUM, cv2.CAP_PROP_SAR_DEN  # width to height of a pixel
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
        found = _of_folder(Path(inputs))
    elif not Path(inputs).exists() and glob.has_magic(str(inputs)):
        found = sorted(glob.glob(str(inputs), recursive=True))  # noqa: PTH207
    return found or [inputs]


def _of_folder(folder: Path) -> list[Path]:
    """The images and videos of a folder. That other files are left out is logged."""
    files = sorted(path for path in folder.iterdir() if not path.is_dir())
    found = [path for path in files if media_type(path)]
    others = [p.name for p in files if p not in found and not p.name.startswith('.')]
    if found and others:
        _say_left_out(folder, len(others), others[0])
    return found


@cache
def _say_left_out(folder: Path, num: int, example: str) -> None:
    """Log it once, as a program asks more than once what is in a folder."""
    logging.getLogger(__name__).warning(
        f'{folder}: what is no image or video is left out: {num} of the files, such '
        f'as {example}'
    )


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
            camera = None
            try:
                image = to_bgr(item) if is_array else read_image(item)
                if not is_array:
                    camera = exif_camera(item, image.shape[1::-1])
            except OSError as e:
                self.problems.append((name, e.strerror))
            except ValueError as e:
                self.problems.append((name, str(e).removeprefix(f'{name}: ')))
            else:
                when = (i, i / self.fps) if self.is_video else ()
                yield Frame(image, name, *when, camera=camera)


def exif_camera(path: str | Path, size: tuple[int, int]) -> Camera | None:
    """The camera of a photo whose EXIF data know the focal length on 35 mm film.

    Args:
        path: The photo's file.
        size: Width and height of the picture in pixels.
    """
    focal = read_exif(Path(path).read_bytes()).focal(size)
    if focal is None:
        return None
    width, height = size
    return Camera(focal, focal, (width - 1) / 2, (height - 1) / 2, size)


class VideoStream(Stream):
    """A video file, as its player shows it: upright, with square pixels."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(str(path))
        self._capture = cv2.VideoCapture(str(path))
        self.fps = self._capture.get(cv2.CAP_PROP_FPS) or self.fps
        # OpenCV's builds differ in whether they turn frames.
        self._capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 0)
        self._turn = VIDEO_TURNS.get(self._capture.get(cv2.CAP_PROP_ORIENTATION_META))
        width, height = (self._capture.get(side) for side in PIXEL_SIDES)
        likely = 0 < width < 4 * height < 16 * width
        self._stretch = width / height if likely else 1.0

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
                yield Frame(self._as_shown(image), self.name, index, seconds)
                index, last = index + 1, seconds
        finally:
            count = len(self)
            self._capture.release()
        # The count in the header may be off by a little.
        if index < 0.99 * count - 1:
            self.problems.append(
                (self.name, f'breaks off after {index} of {count} frames')
            )

    def _as_shown(self, image: np.ndarray) -> np.ndarray:
        """A stored frame (H, W, 3) as the player shows it."""
        if self._stretch != 1:
            height, width = image.shape[:2]
            image = cv2.resize(image, (max(1, round(width * self._stretch)), height))
        return image if self._turn is None else cv2.rotate(image, self._turn)


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
