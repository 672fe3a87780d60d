"""A camera's intrinsics: from a field of view, a matrix or a file; rays and pixels."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmfsa.utils.reading import damaged, read_json

NUMBERS = 'fx', 'fy', 'cx', 'cy'


@dataclass(frozen=True)
class Camera:
    """The intrinsics of a camera without distortion, in pixels.

    The centre of the first pixel is (0, 0). The frame is OpenCV's: x right, y down, z
    into the scene. A picture with a distorting lens must be undistorted first.

    Attributes:
        fx: Focal length along the rows.
        fy: Focal length along the columns.
        cx: The principal point's column.
        cy: The principal point's row.
        size: Width and height of the pictures that these numbers belong to; None: not
            known.

    Raises:
        ValueError: A number is not finite, a focal length is not above 0, or the size is
            none.

    >>> camera = Camera(500, 500, 319.5, 239.5)
    >>> camera.project(camera.rays([100, 50]) * 700).round(6)
    array([100.,  50.])
    """

    fx: float
    fy: float
    cx: float
    cy: float
    size: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        for name in NUMBERS:
            value = getattr(self, name)
            try:
                finite = math.isfinite(value)
            except TypeError:
                finite = False
            if not finite or isinstance(value, bool):
                raise ValueError(f'camera: {name} must be a number, got {value!r}')
            if name.startswith('f') and value <= 0:
                raise ValueError(
                    f'camera: {name} is a focal length in pixels and must be above 0, '
                    f'got {value!r}'
                )
            object.__setattr__(self, name, float(value))
        if self.size is not None:
            size = tuple(self.size)
            if len(size) != 2 or not all(
                isinstance(side, int | np.integer) and side > 0 for side in size
            ):
                raise ValueError(
                    f'camera: size must be width and height in pixels, got {self.size!r}'
                )
            object.__setattr__(self, 'size', size)

    @classmethod
    def from_fov(cls, degrees: float, size: tuple[int, int]) -> 'Camera':
        """A camera with square pixels, whose axis goes through the picture's middle.

        Args:
            degrees: The **horizontal** field of view, from the left to the right edge.
            size: Width and height of its pictures in pixels.

        Raises:
            ValueError: The field of view is not between 0 and 180 degrees.

        >>> Camera.from_fov(90, (640, 480))
        Camera(fx=320.0, fy=320.0, cx=319.5, cy=239.5, size=(640, 480))
        """
        # In floating point the tangent of 45 degrees is not exactly 1.
        focal = round(size[0] / 2 / math.tan(math.radians(check_fov(degrees)) / 2), 9)
        return cls.from_focal(focal, size)

    @classmethod
    def from_focal(cls, focal: float, size: tuple[int, int]) -> 'Camera':
        """A camera with square pixels, whose axis goes through the picture's middle.

        Args:
            focal: The focal length in pixels.
            size: Width and height of its pictures in pixels.

        Raises:
            ValueError: The focal length is not above 0.
        """
        width, height = size
        return cls(focal, focal, (width - 1) / 2, (height - 1) / 2, (width, height))

    @classmethod
    def from_matrix(
        cls, matrix: np.ndarray, size: tuple[int, int] | None = None
    ) -> 'Camera':
        """The camera of a matrix ``[[fx, 0, cx], [0, fy, cy], [0, 0, 1]]``.

        Args:
            matrix: (3, 3) intrinsics in pixels.
            size: Width and height of its pictures in pixels.

        Raises:
            ValueError: The matrix has another shape or form.
        """
        matrix = np.asarray(matrix, dtype=np.float64)
        if matrix.shape != (3, 3):
            raise ValueError(f'a camera matrix must be (3, 3), got {matrix.shape}')
        others = matrix[[0, 1, 2, 2, 2], [1, 0, 0, 1, 2]]
        if not (others == [0, 0, 0, 0, 1]).all():
            raise ValueError(
                'a camera matrix must be [[fx, 0, cx], [0, fy, cy], [0, 0, 1]], got '
                f'{matrix.tolist()}'
            )
        return cls(*matrix[[0, 1, 0, 1], [0, 1, 2, 2]].tolist(), size)

    @classmethod
    def from_file(cls, path: str | Path) -> 'Camera':
        """The camera of a JSON file.

        Args:
            path: The file: ``{"fx": …, "fy": …, "cx": …, "cy": …}`` in pixels, and
                ``"width"``, ``"height"`` of the pictures where they are known.

        Raises:
            OSError: The file can't be read.
            ValueError: The file is not JSON, or a number is missing, unknown or wrong.
        """
        content = read_json(path)
        if not isinstance(content, Mapping):
            raise ValueError(f'{path}: expected an object with {", ".join(NUMBERS)}')
        sides = 'width', 'height'
        missing = [name for name in NUMBERS if name not in content]
        unknown = [name for name in content if name not in NUMBERS + sides]
        if missing or unknown or sum(side in content for side in sides) == 1:
            raise ValueError(
                f'{path}: a camera has the numbers {", ".join(NUMBERS)}, and width and '
                f'height or neither; missing: {missing}, unknown: {unknown}'
            )
        size = tuple(content[side] for side in sides) if 'width' in content else None
        with damaged(path, 'camera'):
            return cls(*(content[name] for name in NUMBERS), size)

    @property
    def matrix(self) -> np.ndarray:
        """(3, 3) ``[[fx, 0, cx], [0, fy, cy], [0, 0, 1]]``."""
        return np.array([[self.fx, 0, self.cx], [0, self.fy, self.cy], [0, 0, 1.0]])

    def rays(self, pixels: np.ndarray) -> np.ndarray:
        """The rays through pixels (..., 2): (..., 3) with z = 1."""
        pixels = np.asarray(pixels, dtype=np.float64)
        x = (pixels[..., 0] - self.cx) / self.fx
        y = (pixels[..., 1] - self.cy) / self.fy
        return np.stack([x, y, np.ones_like(x)], axis=-1)

    def project(self, points: np.ndarray) -> np.ndarray:
        """The pixels (..., 2) of points (..., 3) in the camera's frame, with z > 0."""
        points = np.asarray(points, dtype=np.float64)
        flat = points[..., :2] / points[..., 2:]
        return flat * [self.fx, self.fy] + [self.cx, self.cy]


def check_fov(degrees: float) -> float:
    """The horizontal field of view, if it is one.

    Raises:
        ValueError: It is not between 0 and 180 degrees.
    """
    if not 0 < degrees < 180:  # NaN, too
        raise ValueError(
            f'a field of view is between 0 and 180 degrees, got {degrees!r}'
        )
    return float(degrees)


def camera_for(
    camera: Camera | float, size: tuple[int, int], name: str = 'the picture'
) -> Camera:
    """The camera that took a picture.

    Args:
        camera: A camera, or the horizontal field of view in degrees.
        size: Width and height of the picture in pixels.
        name: The picture's name, for messages.

    Raises:
        ValueError: The camera belongs to pictures of another size.
    """
    if not isinstance(camera, Camera):
        return Camera.from_fov(camera, size)
    if camera.size not in (None, tuple(size)):
        raise ValueError(
            'the camera belongs to pictures of {}x{} pixels, {} has {}x{}: give the '
            'intrinsics of that size'.format(*camera.size, name or 'the picture', *size)
        )
    return camera


def read_camera(value: 'Camera | float | str | Path | np.ndarray') -> Camera | float:
    """A camera in any form that a user may give it.

    Args:
        value: A camera; the horizontal field of view in degrees; a matrix (3, 3); or the
            path of a JSON file (:meth:`Camera.from_file`).

    Returns:
        The camera; or the field of view in degrees, since its camera depends on the
        picture's size.

    Raises:
        OSError: The file can't be read.
        ValueError: It is no camera.
    """
    if isinstance(value, Camera):
        return value
    if isinstance(value, str | Path):
        return Camera.from_file(value)
    if np.ndim(value):
        return Camera.from_matrix(value)
    return check_fov(value)
