"""Where images come from: files, folders, globs, arrays, videos, cameras, addresses."""

import glob
import logging
import re
import time
from abc import ABCMeta, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from errno import ENOENT
from functools import cache
from itertools import chain, groupby
from numbers import Integral
from pathlib import Path

import cv2
import numpy as np
from PIL.Image import Image as Picture

from mmfsa.structures import Camera, Frame
from mmfsa.utils.depth import depth_of
from mmfsa.utils.doors import check, check_file
from mmfsa.utils.exif import Exif
from mmfsa.utils.files import native_path
from mmfsa.utils.images import (
    QUARTER_TURNS,
    check_is_array,
    decode_photo,
    read_photo,
    to_bgr,
)
from mmfsa.utils.media import media_type

CAMERA = 'webcam:'
ADDRESS = re.compile(r'([a-z][a-z0-9+.-]+):/+', re.IGNORECASE)
NETWORK = 'rtsp', 'rtsps', 'http', 'https'  # what --allow-network reads
TIMEOUT = 10  # seconds until an address must have answered
RETRIES = 3  # times that a live stream is opened again, after 1, 2 and 4 seconds
PIXEL_SIDES = cv2.CAP_PROP_SAR_NUM, cv2.CAP_PROP_SAR_DEN  # width to height of a pixel


@dataclass(frozen=True)
class NamedImage:
    """The content of an image's file, and what records call the image."""

    name: str
    content: bytes


Image = str | Path | np.ndarray | bytes | NamedImage | Picture | int


@dataclass(frozen=True)
class Unreadable:
    """Something among the inputs that can't be read."""

    name: str
    reason: str


class Stream(metaclass=ABCMeta):
    """Images that belong together.

    Attributes:
        name: Name of the whole.
        is_video: The images follow each other in time.
        is_stored: All images are there before the first is read.
        fps: Frames a second of a video.
        problems: What could not be read so far, as (name, reason).
    """

    is_video = True
    is_stored = False
    fps: float = 30.0

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[tuple[str, str]] = []

    @abstractmethod
    def __iter__(self) -> Iterator[Frame]:
        """The images; what can't be read becomes a problem."""


def expand(
    inputs: Image | Iterable[Image], allow_network: bool = False
) -> list[Image | Unreadable]:
    """The single files, arrays and cameras of what a user gives.

    Args:
        inputs: A file, a folder (its images and videos, sorted), a glob, an array (H, W),
            (H, W, 3) or (H, W, 4), a picture of Pillow, the bytes of an image file, with
            their name (:class:`NamedImage`) or without, a camera (`webcam`, `webcam:N` or
            its number), an address, or several of those. A generator is left as it is:
            :func:`open_streams` asks it for one after the other.
        allow_network: Read addresses: `rtsp://`, `http://` and so on.

    Raises:
        ValueError: It is something else, such as None. Where it is one of several, the
            others are read, and a stream reports this one.
    """
    if isinstance(inputs, (list, tuple)):
        return [
            item
            for number, part in enumerate(inputs)
            for item in _expand_part(part, number, allow_network)
        ]
    if isinstance(inputs, Integral) and not isinstance(inputs, bool):
        return [f'{CAMERA}{inputs}']
    whole = np.ndarray, Picture, bytes, bytearray, NamedImage, Unreadable, Iterator
    if isinstance(inputs, whole):
        return [inputs]
    if not isinstance(inputs, (str, Path)):
        check_is_array(inputs)
    name = str(inputs)
    if isinstance(inputs, str) and not name.strip():  # to Path the current folder
        raise ValueError('the name of an input is empty')
    if name == CAMERA.rstrip(':'):
        return [f'{CAMERA}0']
    if name.startswith(CAMERA):
        return [name]
    address = ADDRESS.match(name)
    if address and not Path(inputs).exists():
        scheme, name = address[1].lower(), ADDRESS.sub(r'\1://', name, count=1)
        if allow_network and scheme in NETWORK:
            return [name]
        remedy = ', or --allow-network' if scheme in NETWORK else ''
        reason = f'addresses are not read: save the file first{remedy}'
        return [Unreadable(name, reason)]
    found = []
    if Path(inputs).is_dir():
        found = _of_folder(Path(inputs))
    elif not Path(inputs).exists() and glob.has_magic(name):
        found = sorted(glob.glob(name, recursive=True))  # noqa: PTH207
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


def _expand_part(part: Image, number: int, allow_network: bool) -> list:
    try:
        if isinstance(part, (list, tuple)):  # its numbers would be cameras
            raise ValueError('a list in a list is no image: give it as an array')
        return expand(part, allow_network)
    except (OSError, ValueError) as error:
        return [Unreadable(name_of(part, number), str(error))]


def open_streams(
    items: Iterable[Image | Unreadable],
    as_video: bool = False,
    channel_order: str = 'bgr',
    allow_network: bool = False,
    depths: Sequence[Image] | None = None,
    image_size: int | None = None,
) -> Iterator[Stream]:
    """Sort items into streams: successive images together, each video alone.

    Args:
        items: What :func:`expand` gives.
        as_video: The images are the frames of one video.
        channel_order: The order of an array's colours, `bgr` or `rgb`.
        allow_network: Read addresses that a generator gives.
        depths: The depth map of each image, a file or an array in millimetres; then all
            items must be images.
        image_size: See :class:`ImageStream`.

    Raises:
        ValueError: There are not as many depth maps as images, or not images alone.
    """
    lazy = any(isinstance(item, Iterator) for item in items)
    if depths is not None:
        if lazy or holds_video(items):
            raise ValueError('a video has no depth maps: give its frames as images')
        if len(depths) != len(items):
            raise ValueError(
                f'there are {len(depths)} depth maps for {len(items)} images: give one '
                'for each, in their order'
            )
    if lazy:
        items = chain.from_iterable(_given(item, allow_network) for item in items)
    for kind, group in groupby(items, _kind):
        if kind is not ImageStream:
            yield from map(kind, group)
        elif lazy:
            yield ImageStream(group, as_video, channel_order, image_size=image_size)
        else:
            group = [*group]
            yield ImageStream(
                group, as_video, channel_order, depths, image_size=image_size
            )


def _given(item: Image | Iterator[Image], allow_network: bool) -> Iterator:
    """The items that a generator gives, or the one that is none."""
    if isinstance(item, Iterator):
        for number, part in enumerate(item):
            yield from _expand_part(part, number, allow_network)
    else:
        yield item


def is_address(item: object) -> bool:
    """Whether an item of :func:`expand` is read over the network."""
    return isinstance(item, str) and item.lower().startswith(
        tuple(f'{scheme}://' for scheme in NETWORK)
    )


def is_file(item: object) -> bool:
    """Whether an item of :func:`expand` is a file with a name."""
    named = isinstance(item, (str, Path)) and not str(item).startswith(CAMERA)
    return named and not is_address(item)


def name_of(item: object, number: int) -> str:
    """What records call an image: its own name, or its number among the others."""
    if isinstance(item, NamedImage):
        return item.name
    return str(item) if is_file(item) else f'{number:08}'


def holds_video(items: Sequence[Image]) -> bool:
    """Whether a video or a camera is among items."""
    return any(_kind(item) is not ImageStream for item in items)


def holds_image(items: Sequence[Image]) -> bool:
    """Whether an image is among items."""
    return any(_kind(item) is ImageStream for item in items)


def _kind(item: Image | Unreadable) -> type[Stream]:
    if not isinstance(item, (str, Path)):
        return ImageStream
    if str(item).startswith(CAMERA):
        return CameraStream
    if is_address(item):
        return NetworkStream
    return VideoStream if media_type(item) == 'video' else ImageStream


class ImageStream(Stream):
    """Image files, arrays, and other pictures that are at hand.

    Args:
        items: The images.
        as_video: They are the frames of one video.
        channel_order: The order of an array's colours, `bgr` or `rgb`.
        depths: The depth map of each image, where there are depth maps.
        start: The number of the first image, which names an array.
        image_size: Decode JPEG files so much smaller that the longer side has at least so
            many pixels, see :func:`~mmfsa.utils.images.decode_photo`.
    """

    def __init__(
        self,
        items: Iterable[Image | Unreadable],
        as_video: bool = False,
        channel_order: str = 'bgr',
        depths: Sequence[Image] | None = None,
        start: int = 0,
        image_size: int | None = None,
    ) -> None:
        first = items[0] if isinstance(items, Sequence) else None
        if not is_file(first):
            super().__init__('array')
        else:
            super().__init__(str(Path(first).parent if as_video else first))
        self.items = items
        self.depths = depths
        self.is_video = as_video
        self.is_stored = isinstance(items, Sequence)
        self._order = channel_order
        self._start = start
        self._image_size = image_size

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Frame]:
        for i, item in enumerate(self.items):
            if isinstance(item, Unreadable):
                self.problems.append((item.name, item.reason))
                continue
            name = name_of(item, self._start + i)
            try:
                image, exif, times = self._read(item)
                size = image.shape[1::-1]
                depth = None
                if self.depths is not None:
                    depth = depth_of(self.depths[i], size)
            except OSError as e:
                self.problems.append((name, e.strerror or str(e)))
            except ValueError as e:
                self.problems.append((name, str(e).removeprefix(f'{name}: ')))
            else:
                when = (i, i / self.fps) if self.is_video else ()
                camera = exif_camera(exif, size)
                named = is_file(item) or isinstance(item, NamedImage)
                number = None if named else self._start + i
                yield Frame(
                    image,
                    name,
                    *when,
                    camera=camera,
                    depth=depth,
                    number=number,
                    times=times,
                )

    def _read(self, item: Image) -> tuple[np.ndarray, Exif, int]:
        content = item.content if isinstance(item, NamedImage) else item
        if isinstance(content, (bytes, bytearray)):
            return decode_photo(content, self._image_size)
        if isinstance(item, (str, Path)):
            return read_photo(item, self._image_size)
        return to_bgr(item, self._order), Exif(), 1


def exif_camera(exif: Exif, size: tuple[int, int]) -> Camera | None:
    """The camera of a photo whose EXIF data know the focal length on 35 mm film.

    Args:
        exif: What the photo's EXIF data say.
        size: Width and height of the picture in pixels.
    """
    focal = exif.focal(size)
    return None if focal is None else Camera.from_focal(focal, size)


class VideoStream(Stream):
    """A video file, as its player shows it: upright, with square pixels."""

    is_stored = True

    def __init__(self, path: str | Path) -> None:
        super().__init__(str(path))
        self._unread = ''
        try:
            self._capture = self._open()
        except OSError as e:
            self._unread = 'no such file' if e.errno == ENOENT else e.strerror
        except ValueError as e:
            self._unread = str(e).removeprefix(f'{self.name}: ')
        if self._unread:
            self._capture = cv2.VideoCapture()  # nothing
        self.fps = self._capture.get(cv2.CAP_PROP_FPS) or self.fps
        # OpenCV's builds differ in whether they turn frames.
        self._capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 0)
        # The file says by how many degrees frames are turned to be upright.
        turn = self._capture.get(cv2.CAP_PROP_ORIENTATION_META)
        self._turn = QUARTER_TURNS.get(turn)
        width, height = (self._capture.get(side) for side in PIXEL_SIDES)
        likely = 0 < width < 4 * height < 16 * width
        self._stretch = width / height if likely else 1.0

    def _open(self) -> cv2.VideoCapture:
        """The opened video.

        Raises:
            OSError: There is no such file.
            ValueError: It is no video, or too large.
        """
        check_file(self.name)
        with native_path(self.name) as path:
            capture = cv2.VideoCapture(path)
        if not capture.isOpened():
            raise ValueError('no video that OpenCV can read')
        sides = cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT
        check('a frame', 'pixels', capture.get(sides[0]) * capture.get(sides[1]))
        return capture

    def __len__(self) -> int:
        return max(0, int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))

    def __iter__(self) -> Iterator[Frame]:
        if self._unread:
            self.problems.append((self.name, self._unread))
            return
        index, last = 0, -1.0
        try:
            while True:
                found, image = self._read()
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

    def _read(self) -> tuple[bool, np.ndarray | None]:
        return self._capture.read()


class NetworkStream(VideoStream):
    """A video or a live stream at an address. A live stream is opened again if it ends."""

    is_stored = False

    def _open(self) -> cv2.VideoCapture:
        limits = cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC
        settings = [value for name in limits for value in (name, 1000 * TIMEOUT)]
        capture = cv2.VideoCapture(self.name, cv2.CAP_FFMPEG, settings)
        if not capture.isOpened():
            raise ValueError(
                f'no answer in {TIMEOUT} s, or no video that OpenCV can read'
            )
        return capture

    def _read(self) -> tuple[bool, np.ndarray | None]:
        found, image = self._capture.read()
        for attempt in range(0 if found or len(self) else RETRIES):
            time.sleep(2**attempt)
            try:
                self._capture = self._open()
            except ValueError:
                continue
            found, image = self._capture.read()
            if found:
                break
        return found, image


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
