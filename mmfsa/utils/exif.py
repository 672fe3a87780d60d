"""What a photo's EXIF data say: which way is up, and the focal length of its lens."""

import math
from typing import NamedTuple

import cv2
import numpy as np
from PIL import ExifTags, Image

USED = (
    ExifTags.Base.Orientation,
    ExifTags.Base.FocalLengthIn35mmFilm,
    ExifTags.Base.ExifImageWidth,
    ExifTags.Base.ExifImageHeight,
)
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


def exif_of(image: Image.Image, content: bytes) -> Exif:
    """The EXIF data of a photo that Pillow has opened.

    Args:
        image: The photo.
        content: Its file's bytes.

    Returns:
        The defaults of :class:`Exif` where there are no such data, or damaged ones.
    """
    if image.format == 'PNG' and b'eXIf' not in content:
        return Exif()  # Pillow would decode the picture to look behind its pixels
    try:
        tags = image.getexif()
        tags = dict(tags.get_ifd(ExifTags.IFD.Exif)) | dict(tags)
    except Exception:  # damage shows as any of a dozen kinds
        return Exif()
    orientation, focal, *size = (_whole(tags, name) for name in USED)
    return Exif(
        orientation if orientation in range(1, 9) else 1,
        focal or None,
        tuple(size) if all(size) else None,
    )


def _whole(tags: dict[int, object], tag: int) -> int | None:
    """The value of a tag, if it is one whole number."""
    value = tags.get(tag)
    return value if isinstance(value, int) else None
