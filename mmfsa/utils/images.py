"""Pictures in and out of files: one place that knows how to look at a picture."""

import io
import math
import re
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

import cv2
import numpy as np
from PIL import Image, ImageOps

from .doors import check
from .exif import Exif, exif_of
from .files import replacing
from .reading import damaged, read_bytes

ORDERS = 'bgr', 'rgb'
NO_PHOTO = (
    'it has 16 bits or more and one channel: that is a depth map, not a photo. Give a '
    'depth map as `depth`; of a 16-bit grey photo give the upper 8 bits'
)
# Pillow's modes of 16 and 32 bits.
NO_COLOURS = 'I', 'F', 'I;16', 'I;16L', 'I;16B', 'I;16N'
# What OpenCV calls a turn clockwise, by its degrees.
QUARTER_TURNS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}
TIFF, PNG = (b'II', b'MM'), b'\x89PNG\r\n\x1a\n'  # how such files begin
JPEG = b'\xff\xd8'
# A decoder of JPEG leaves out what only a larger picture needs: the side's divisors.
REDUCED = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
}
PILLOWS_LIMIT = Lock()


def read_image(path: str | Path) -> np.ndarray:
    """Read a photo as its viewer shows it (EXIF rotation).

    Returns:
        (H, W, 3) BGR uint8.

    Raises:
        OSError: The file can't be read.
        ValueError: The file is no photo.
    """
    return read_photo(path)[0]


def read_photo(
    path: str | Path, longest: int | None = None
) -> tuple[np.ndarray, Exif, int]:
    """Read a photo as :func:`read_image` does, and what its EXIF data say.

    Args:
        path: The file.
        longest: See :func:`decode_photo`.

    Returns:
        As :func:`decode_photo`.

    Raises:
        OSError: The file can't be read.
        ValueError: The file is no photo.
    """
    if Path(path).is_dir():
        raise ValueError(f'{path}: the folder has no image or video')
    # Through memory, as OpenCV opens not every path.
    content = read_bytes(path)
    try:
        return decode_photo(content, longest)
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from error


def decode_image(content: bytes) -> np.ndarray:
    """Decode the content of a photo's file, as its viewer shows it.

    Returns:
        (H, W, 3) BGR uint8.

    Raises:
        ValueError: The content is no photo; a depth map is none.
    """
    return decode_photo(content)[0]


def decode_photo(
    content: bytes, longest: int | None = None
) -> tuple[np.ndarray, Exif, int]:
    """Decode a photo as :func:`decode_image` does, and what its EXIF data say.

    Args:
        content: The file's content.
        longest: Decode a JPEG file at a half, a quarter or an eighth of its sides, as long
            as the longer one keeps so many pixels. None: as it is.

    Returns:
        (H, W, 3) BGR uint8; the EXIF data; and how many of the file's pixels a pixel's
        side stands for.

    Raises:
        ValueError: The content is no photo; a depth map is none.
    """
    exif, size = check_header(content)
    times = 1
    data = np.frombuffer(content, np.uint8)
    # OpenCV turns some formats and not others.
    flags = cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH
    if longest is not None and content.startswith(JPEG):
        fitting = (n for n in REDUCED if max(size) // n >= longest)
        times = next(fitting, 1)
        flags = REDUCED.get(times, flags)
    flags |= cv2.IMREAD_IGNORE_ORIENTATION
    try:
        image = cv2.imdecode(data, flags) if len(data) else None
    except cv2.error:  # of sizes beyond its limit
        image = None
    if image is None:
        raise ValueError('no image that OpenCV can read')
    if content.startswith(TIFF):  # which OpenCV turns whatever the flags say
        return to_bgr(image), exif, times
    return exif.upright(to_bgr(image)), exif, times


def check_header(content: bytes) -> tuple[Exif, tuple[int, int]]:
    """Refuse a picture that is too large, by what its headers say.

    OpenCV would believe a damaged header, and take gigabytes: of a picture, or of a part
    of a PNG file.

    Returns:
        What its EXIF data say; its width and height.

    Raises:
        ValueError: It has too many pixels, no header that Pillow knows, or is a PNG file
            with a part that is longer than the file.
    """
    if any(end > len(content) for end in _ends_of_chunks(content)):
        raise ValueError('no image that OpenCV can read')
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # Pillow has limits of its own
        try:
            image = Image.open(io.BytesIO(content))
        except Image.DecompressionBombError as error:
            check('the picture', 'pixels', int(re.search(r'\d+', str(error))[0]))
            image = _open_large(content)
        except Exception as error:  # damage shows as any of a dozen kinds
            raise ValueError('no image that OpenCV can read') from error
        with image:
            check('the picture', 'pixels', math.prod(image.size))
            return exif_of(image, content), image.size


def _open_large(content: bytes) -> Image.Image:
    """A picture beyond Pillow's limit, which is that of the whole process."""
    with PILLOWS_LIMIT:
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            return Image.open(io.BytesIO(content))
        finally:
            Image.MAX_IMAGE_PIXELS = limit


def _ends_of_chunks(content: bytes) -> Iterator[int]:
    """Where each part of a PNG file ends, as its header says, up to the last one."""
    at = len(PNG)
    while content.startswith(PNG) and at + 8 <= len(content):
        length, kind = struct.unpack_from('>I4s', content, at)
        at += 12 + length  # with its kind and its checksum
        yield at
        if kind == b'IEND':
            return


def check_is_array(image: object) -> None:
    """Refuse what is no image, and say what to do.

    Raises:
        ValueError: It is no array.
    """
    if image is None:
        raise ValueError('the image is None: could cv2.imread read the file?')
    if isinstance(image, (str, Path)):
        raise ValueError(
            f'the image is the path {image}: read it with cv2.imread, or call a '
            'HeadPoseInferencer, which takes paths'
        )
    if not isinstance(image, np.ndarray):
        raise ValueError(
            f'an image is an array (H, W, 3) BGR uint8; got a {type(image).__name__}'
        )


def to_bgr(image: np.ndarray | Image.Image, channel_order: str = 'bgr') -> np.ndarray:
    """An array, or a picture of Pillow, as (H, W, 3) BGR uint8.

    Args:
        image: (H, W) or (H, W, 1) grey, (H, W, 3) BGR or (H, W, 4) BGRA, of uint8; or
            of uint16 over its whole range, with three or four channels. Or a picture of
            Pillow, which is turned as its EXIF data say.
        channel_order: `rgb`: an array's colours are in the other order.

    Raises:
        ValueError: It is no image, or another one; a depth map is no photo; or there is
            no such order.
    """
    if channel_order not in ORDERS:
        raise ValueError(
            f'channel_order must be one of {ORDERS}, got {channel_order!r}'
        )
    if isinstance(image, Image.Image):
        if image.mode in NO_COLOURS:  # Pillow would cut off its large numbers
            raise ValueError(NO_PHOTO)
        check('the picture', 'pixels', math.prod(image.size))
        with damaged('the picture'):  # Pillow reads it now
            image = np.asarray(ImageOps.exif_transpose(image).convert('RGB'))
        channel_order = 'rgb'
    check_is_array(image)
    channels = 1 if image.ndim == 2 else image.shape[-1]
    if image.dtype == np.uint16:
        if channels == 1:
            raise ValueError(NO_PHOTO)
        image = (image >> 8).astype(np.uint8)
    shown = image.ndim in (2, 3) and channels in (1, 3, 4) and image.size
    if image.dtype != np.uint8 or not shown:
        raise ValueError(
            'an image is (H, W), (H, W, 3) BGR or (H, W, 4) of uint8, or of uint16 with '
            f'colours; got {image.shape} of {image.dtype}'
        )
    code = {1: cv2.COLOR_GRAY2BGR, 4: cv2.COLOR_BGRA2BGR}.get(channels)
    image = image if code is None else cv2.cvtColor(image, code)
    if image.ndim == 2 or channel_order == 'bgr':
        return image
    return cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2BGR)


def shrink(image: np.ndarray, size: tuple[int, int], samples: int = 2) -> np.ndarray:
    """Make an image smaller: nearly what `INTER_AREA` gives, many times as fast.

    Args:
        image: (H, W, 3) uint8.
        size: Width and height.
        samples: A pixel is the mean of so many times so many bilinear samples.

    Returns:
        The image (height, width, 3). Images that are not much larger than `size` are
        resized by `INTER_AREA`, smaller images by `INTER_LINEAR`.
    """
    height, width = image.shape[:2]
    larger = size[0] * samples, size[1] * samples
    if larger[0] < width and larger[1] < height:
        image = cv2.resize(image, larger, interpolation=cv2.INTER_LINEAR)
    elif width <= size[0] and height <= size[1]:
        return cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def write_image(image: np.ndarray, path: str | Path) -> None:
    """Write an image (H, W, 3), BGR uint8, in the format of the path's suffix.

    OpenCV's own `imwrite` fails on some paths without saying so.

    Raises:
        ValueError: OpenCV does not write such files.
    """
    path = Path(path)
    try:
        written, data = cv2.imencode(path.suffix, image)
    except cv2.error as e:
        raise ValueError(f'{path}: OpenCV writes no such image') from e
    if not written:
        raise ValueError(f'{path}: OpenCV writes no such image of {image.shape}')
    with replacing(path) as temporary:
        temporary.write_bytes(data)
