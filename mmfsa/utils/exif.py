"""What a photo's EXIF data say: which way is up, and the focal length of its lens."""

import math
import struct
from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np

# Tags, and how many bytes a value of a type has (EXIF 2.32, section 4.6).
ORIENTATION, EXIF_IFD, WIDTH, HEIGHT, FOCAL_35MM = 0x112, 0x8769, 0xA002, 0xA003, 0xA405
SHORT, LONG = 3, 4
DIAGONAL_35MM = math.hypot(36, 24)  # of the film, in millimetres
SAME_SHAPE = 0.02  # how far a ratio of sides may be off
# How a stored image becomes what its viewer shows, by the orientation.
TURNS = {
    2: lambda image: cv2.flip(image, 1),
    3: lambda image: cv2.rotate(image, cv2.ROTATE_180),
    4: lambda image: cv2.flip(image, 0),
    5: cv2.transpose,
    6: lambda image: cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE),
    7: lambda image: cv2.flip(cv2.transpose(image), -1),
    8: lambda image: cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE),
}


class Exif(NamedTuple):
    """What is used of a photo's EXIF data.

    Attributes:
        orientation: 1 to 8; 1 is upright.
        focal_35mm: Focal length in millimetres, of a lens with the same diagonal field of
            view on 35 mm film; None: not known.
        size: Width and height that the camera wrote, before the turn; None: not known.
    """

    orientation: int = 1
    focal_35mm: int | None = None
    size: tuple[int, int] | None = None

    def upright(self, image: np.ndarray) -> np.ndarray:
        """The stored image (H, W, …) as its viewer shows it."""
        turn = TURNS.get(self.orientation)
        return image if turn is None else turn(image)

    def focal(self, size: tuple[int, int]) -> float | None:
        """The focal length in pixels.

        Args:
            size: Width and height of the picture in pixels.

        Returns:
            None where the focal length is not known; and where the picture has another
            shape than the camera's: then it was cut, and the focal length is not its own.

        >>> round(Exif(focal_35mm=26).focal((4000, 3000)))
        3005
        """
        if self.focal_35mm is None:
            return None
        if self.size is not None:
            wide, wide_then = (max(s) / min(s) for s in (size, self.size))
            if abs(wide / wide_then - 1) > SAME_SHAPE:
                return None
        return self.focal_35mm * math.hypot(*size) / DIAGONAL_35MM


def read_exif(content: bytes) -> Exif:
    """Read the EXIF data of a JPEG, PNG, WebP or TIFF file.

    Args:
        content: The file's bytes.

    Returns:
        The defaults of :class:`Exif` where there are no such data, or damaged ones.
    """
    try:
        block = _block(content)
        order = {b'II*\0': '<', b'MM\0*': '>'}.get(block[:4])
        if order is None:
            return Exif()
        (start,) = struct.unpack_from(f'{order}I', block, 4)
        tags = dict(_tags(block, order, start))
        if EXIF_IFD in tags:
            tags = dict(_tags(block, order, tags[EXIF_IFD])) | tags
    except struct.error:  # cut off
        return Exif()
    orientation = tags.get(ORIENTATION, 1)
    size = tags.get(WIDTH), tags.get(HEIGHT)
    return Exif(
        orientation if orientation in range(1, 9) else 1,
        tags.get(FOCAL_35MM) or None,
        size if all(size) else None,
    )


def _tags(block: bytes, order: str, start: int) -> Iterator[tuple[int, int]]:
    """The tags of a directory that have one whole number."""
    (num,) = struct.unpack_from(f'{order}H', block, start)
    for i in range(num):
        entry = start + 2 + 12 * i
        tag, kind, count = struct.unpack_from(f'{order}HHI', block, entry)
        if kind in (SHORT, LONG) and count == 1:
            form = 'H' if kind == SHORT else 'I'
            yield tag, struct.unpack_from(order + form, block, entry + 8)[0]


def _block(content: bytes) -> bytes:
    """The TIFF structure that holds the tags; empty where there is none."""
    if content[:2] == b'\xff\xd8':
        return _jpeg_block(content)
    if content[:8] == b'\x89PNG\r\n\x1a\n':
        return _chunk(content, 8, b'eXIf', '>I4s')
    if content[:4] == b'RIFF' and content[8:12] == b'WEBP':
        return _chunk(content, 12, b'EXIF', '<4sI').removeprefix(b'Exif\0\0')
    return content


def _jpeg_block(content: bytes) -> bytes:
    at = 2
    while content[at : at + 1] == b'\xff' and content[at + 1 : at + 2] != b'\xda':
        (length,) = struct.unpack_from('>H', content, at + 2)
        segment = content[at + 4 : at + 2 + length]
        if content[at + 1] == 0xE1 and segment.startswith(b'Exif\0\0'):
            return segment[6:]
        at += 2 + length
    return b''


def _chunk(content: bytes, at: int, name: bytes, header: str) -> bytes:
    """The chunk of a name in a PNG (with a checksum each) or a RIFF (of even length)."""
    while at + 8 <= len(content):
        one, other = struct.unpack_from(header, content, at)
        kind, length = (other, one) if header[0] == '>' else (one, other)
        if kind == name:
            return content[at + 8 : at + 8 + length]
        at += 8 + length + (4 if header[0] == '>' else length % 2)
    return b''
