"""Depth maps in and out of files: 16-bit PNG in millimetres, and BIWI's run lengths."""

from pathlib import Path

import cv2
import numpy as np

from .files import replacing
from .images import check_header
from .reading import read_bytes

RUNS = '.bin'  # the suffix of BIWI's files
NEAREST = 50  # mm: nobody is as near to a depth camera
MOST_PIXELS = 1 << 26


def read_depth(path: str | Path) -> np.ndarray:
    """Read a depth map.

    Args:
        path: An image with 16 bits and one channel, in millimetres; or BIWI's
            ``frame_MMMMM_depth.bin``.

    Returns:
        (H, W) uint16 millimetres, 0 where none was measured.

    Raises:
        OSError: The file can't be read.
        ValueError: The file is no depth map, or its unit is not the millimetre.
    """
    content = read_bytes(path)
    try:
        if Path(path).suffix == RUNS:
            depth = decode_runs(content)
        else:
            check_header(content)
            data = np.frombuffer(content, np.uint8)
            depth = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
            if depth is None:
                raise ValueError('no image that OpenCV can read')
            if depth.dtype != np.uint16 or depth.ndim != 2:
                raise ValueError(
                    f'a depth map has 16 bits and one channel, in millimetres; this image '
                    f'has {depth.shape} of {depth.dtype}'
                )
        return to_millimetres(depth)
    except (ValueError, cv2.error) as error:
        raise ValueError(f'{path}: {error}') from error


def to_millimetres(depth: np.ndarray) -> np.ndarray:
    """A depth map as every method takes it.

    Args:
        depth: (H, W) millimetres, of whole or floating numbers; what is not above 0 or no
            number was not measured.

    Returns:
        (H, W) uint16; what is farther than 65 m counts as not measured.

    Raises:
        ValueError: It is no array (H, W), or its numbers can't be millimetres.
    """
    depth = np.asarray(depth)
    if depth.ndim != 2 or not depth.size or depth.dtype.kind not in 'uif':
        raise ValueError(
            f'a depth map is (H, W) in millimetres, got {depth.shape} of {depth.dtype}'
        )
    with np.errstate(invalid='ignore'):
        measured = (depth > 0) & (depth <= np.iinfo(np.uint16).max)
    largest = depth[measured].max(initial=0)
    if 0 < largest <= NEAREST:
        raise ValueError(
            f'no depth is above {largest:g}, so these are metres, and not millimetres: '
            'multiply them by 1000'
        )
    return np.where(measured, depth, 0).astype(np.uint16)


def write_depth(depth: np.ndarray, path: str | Path) -> None:
    """Write a depth map as an image of 16 bits.

    Args:
        depth: (H, W) millimetres, 0 where none was measured.
        path: The file, `.png`.
    """
    pixels = np.rint(depth).astype(np.uint16)
    with replacing(path) as temporary:
        temporary.write_bytes(cv2.imencode('.png', pixels)[1])


def depth_of(depth: np.ndarray | str | Path, size: tuple[int, int]) -> np.ndarray:
    """The depth map of an image.

    Args:
        depth: (H, W) millimetres, or its file.
        size: The image's width and height.

    Returns:
        (H, W) uint16.

    Raises:
        OSError: The file can't be read.
        ValueError: It is no depth map, its unit is not the millimetre, or it has another
            size.
    """
    is_file = isinstance(depth, str | Path)
    found = read_depth(depth) if is_file else to_millimetres(depth)
    if found.shape != (size[1], size[0]):
        where = f'{depth}: ' if is_file else ''
        raise ValueError(
            '{}the depth map has {}x{} pixels, and the image {}x{}: align the depth map '
            'with the image'.format(where, *found.shape[::-1], *size)
        )
    return found


def decode_runs(content: bytes) -> np.ndarray:
    """Decode a depth image of BIWI.

    Args:
        content: The file's: int32 width and height; then, again and again, int32 counts of
            empty and full pixels, and the full ones in int16 mm.

    Returns:
        (H, W) int16 millimetres, 0 where none was measured.

    Raises:
        ValueError: The content is cut short, or is something else.
    """
    at, filled = 8, 0
    width, height = (
        np.frombuffer(content, '<i4', 2).tolist() if len(content) > 8 else (0, 0)
    )
    if min(width, height) < 1 or width * height > MOST_PIXELS:
        raise ValueError('this is no run-length coded depth image')
    pixels = np.zeros(width * height, np.int16)
    while filled < len(pixels):
        if at + 8 > len(content):
            raise ValueError(f'cut short: {filled} of {len(pixels)} pixels')
        empty, full = np.frombuffer(content, '<i4', 2, at).tolist()
        at += 8
        if min(empty, full) < 0 or filled + empty + full > len(pixels):
            raise ValueError('this is no run-length coded depth image')
        if at + 2 * full > len(content):
            raise ValueError(f'cut short: {filled} of {len(pixels)} pixels')
        filled += empty
        pixels[filled : filled + full] = np.frombuffer(content, '<i2', full, at)
        filled, at = filled + full, at + 2 * full
    return pixels.reshape(height, width)
