"""Results as files that are whole even where the work was interrupted."""

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import cv2
import numpy as np

from mmfsa.structures import Frame
from mmfsa.utils.files import naming, native_path, temporary_path
from mmfsa.utils.images import write_image

from .records import record_line
from .streams import Image, Stream, is_file
from .video_file import video_type

PICTURE_SUFFIXES = '.jpg', '.jpeg', '.png', '.webp', '.bmp'


class RecordWriter:
    """Records as JSON Lines; the file gets its name when it is closed.

    A file that has the name is kept where an error comes before the first record, and
    where the records can't be written.

    Args:
        path: The file.
        compact: Leave out what most users do not need.
    """

    def __init__(self, path: str | Path, compact: bool = False) -> None:
        self._path = Path(path)
        self._compact = compact
        self._temporary = temporary_path(self._path)
        self._file = self._temporary.open('w', encoding='utf-8')
        self._empty = self._whole = True

    def __enter__(self) -> 'RecordWriter':
        return self

    def write(self, record: dict) -> None:
        try:
            with naming(self._path):
                self._file.write(record_line(record, self._compact))
        except OSError:
            self._whole = False
            raise
        self._empty = False

    def __exit__(self, error: type[BaseException] | None, *exc_info: object) -> None:
        try:
            with naming(self._path):
                self._file.close()  # writes what is left, or fails
            if self._whole and not (error and self._empty):
                self._temporary.replace(self._path)
        finally:
            self._temporary.unlink(missing_ok=True)


class PictureWriter:
    """Pictures as files: one for each image, a video for each video.

    They have the names of what they show, with a number where another picture or an
    input has that name.

    Args:
        folder: Where they go.
        inputs: What they show; no file of it is written to.
    """

    def __init__(self, folder: str | Path, inputs: Sequence[Image]) -> None:
        self._folder = Path(folder)
        self._taken = {Path(item).resolve() for item in inputs if is_file(item)}
        self._stream = None
        self._video = None

    def __enter__(self) -> 'PictureWriter':
        return self

    def write(self, stream: Stream, frame: Frame, picture: np.ndarray) -> None:
        """Write the picture (H, W, 3), RGB uint8, of a frame of a stream.

        Raises:
            OSError: If the folder can't be written, no video of this size, or the video
                before is not whole.
        """
        picture = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
        if not stream.is_video:
            source = Path(frame.name)
            known = source.suffix.lower() in PICTURE_SUFFIXES
            write_image(
                picture, self._free_path(source, source.suffix if known else '.jpg')
            )
            return
        if stream is not self._stream:
            self._close_video()
            self._open_video(stream, picture.shape[1::-1])
        try:
            self._video.write(_fitted(picture, self._size))
        except OSError as e:
            raise _cut(self._path) from e
        self._frames += 1

    def __exit__(self, *exc_info: object) -> None:
        self._close_video()

    def _open_video(self, stream: Stream, size: tuple[int, int]) -> None:
        self._stream, self._size, self._frames = stream, size, 0
        kind = video_type()
        self._path = self._free_path(Path(stream.name), kind.suffix)
        self._temporary = temporary_path(self._path)
        with naming(self._path, self._temporary):
            self._video = kind(self._temporary, stream.fps, size)

    def _close_video(self) -> None:
        """Give the video its name, if it is whole.

        Raises:
            OSError: It is not; who writes videos does not say so.
        """
        if self._video is None:
            return
        video, self._video = self._video, None
        try:
            video.close()
            if not _has_frames(self._temporary, self._frames):
                raise _cut(self._path)
            self._temporary.replace(self._path)
        finally:
            self._temporary.unlink(missing_ok=True)

    def _free_path(self, source: Path, suffix: str) -> Path:
        paths = (self._folder / f'{stem}{suffix}' for stem in numbered(stem_of(source)))
        path = next(path for path in paths if path.resolve() not in self._taken)
        self._taken.add(path.resolve())
        return path


def stem_of(source: Path) -> str:
    """What the files that show an input are named after."""
    return source.stem.replace(':', '') or 'video'


def numbered(stem: str) -> Iterator[str]:
    """The stem, then the stem with a number, from 2 on."""
    yield stem
    for number in count(2):
        yield f'{stem}_{number}'


def _cut(path: Path) -> OSError:
    return OSError(f'{path}: the video could not be written whole: is the disk full?')


def _has_frames(video: Path, num: int) -> bool:
    """Whether a video has so many frames, and its last one can be read."""
    with native_path(video) as path:
        capture = cv2.VideoCapture(path)
    try:
        if capture.get(cv2.CAP_PROP_FRAME_COUNT) != num:
            return False
        capture.set(cv2.CAP_PROP_POS_FRAMES, num - 1)
        return capture.read()[0]
    finally:
        capture.release()


def _fitted(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The picture, scaled into a frame of another size where it has one."""
    height, width = picture.shape[:2]
    if (width, height) == size:
        return picture
    scale = min(size[0] / width, size[1] / height)
    inner = tuple(max(1, int(side * scale)) for side in (width, height))
    frame = np.zeros((size[1], size[0], 3), np.uint8)
    frame[: inner[1], : inner[0]] = cv2.resize(picture, inner)
    return frame
