"""Videos as files that browsers play: H.264 by imageio-ffmpeg, or else VP8 by OpenCV.

The wheels of OpenCV have no encoder for H.264. Its VP9 takes four times as long as VP8.
"""

from pathlib import Path

import cv2
import numpy as np

from mmfsa.utils.files import native_path
from mmfsa.utils.packages import has_package


class H264File:
    """An MP4 file, written by the ffmpeg of the package imageio-ffmpeg.

    Args:
        path: The file.
        fps: Frames a second.
        size: Width and height of the frames in pixels.

    Raises:
        OSError: The file can't be written.
    """

    suffix = '.mp4'

    def __init__(self, path: Path, fps: float, size: tuple[int, int]) -> None:
        from imageio_ffmpeg import write_frames

        even = 'pad=ceil(iw/2)*2:ceil(ih/2)*2'  # players want halves of both sides
        self._frames = write_frames(
            str(path.absolute()),
            size,
            pix_fmt_in='bgr24',
            fps=fps,
            quality=None,
            codec='libx264',
            macro_block_size=1,
            ffmpeg_log_level='quiet',
            output_params=[
                *('-vf', even, '-preset', 'veryfast', '-crf', '20'),
                *('-movflags', '+faststart', '-f', 'mp4'),
            ],
        )
        self._frames.send(None)

    def write(self, picture: np.ndarray) -> None:
        """Write a frame, (H, W, 3) BGR uint8.

        Raises:
            OSError: ffmpeg takes no frames any more.
        """
        self._frames.send(np.ascontiguousarray(picture))

    def close(self) -> None:
        """Write what is left."""
        self._frames.close()


class WebMFile:
    """A WebM file with VP8, written by OpenCV: as :class:`H264File`."""

    suffix = '.webm'

    def __init__(self, path: Path, fps: float, size: tuple[int, int]) -> None:
        codec = cv2.VideoWriter_fourcc(*'VP80')
        with native_path(path) as name:
            self._writer = cv2.VideoWriter(name, codec, fps, size)
        if not self._writer.isOpened():
            raise OSError(f'{path}: OpenCV writes no video of {size}')

    def write(self, picture: np.ndarray) -> None:
        """Write a frame, (H, W, 3) BGR uint8."""
        self._writer.write(picture)

    def close(self) -> None:
        """Write what is left."""
        self._writer.release()


def video_type() -> type[H264File] | type[WebMFile]:
    """The kind of file that the installed packages can write."""
    return H264File if has_package('imageio_ffmpeg') else WebMFile
