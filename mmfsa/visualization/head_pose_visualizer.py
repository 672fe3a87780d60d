"""mmengine's visualizer for faces and their poses."""

import os
import sys
from collections.abc import Sequence

import cv2
import numpy as np
from mmengine.dist import master_only
from mmengine.visualization import Visualizer

from mmfsa.registry import VISUALIZERS
from mmfsa.structures import HeadPoseDataSample, matrix_to_pose, pose_to_matrix
from mmfsa.utils.images import write_image

from .draw import draw_axes, draw_box, draw_cube
from .landmarks import draw_landmarks, draw_mesh
from .structure import draw_structure

DRAW = 'axes', 'cube', 'structure', 'landmarks', 'mesh'
QUIT_KEYS = ord('q'), 27
SMALLEST = 160  # pixels; faces without surroundings are enlarged to it


@VISUALIZERS.register_module()
class HeadPoseVisualizer(Visualizer):
    """Draws faces with their poses and hands the pictures to mmengine's backends.

    Args:
        name: The visualizer's name.
        draw: How a pose is drawn: `axes` or `cube`; `landmarks` or `mesh`, the points
            that a face has or the triangles between them; or `structure`, heatmaps of
            the fine-grained structures in place of the image.
        **kwargs: Arguments of mmengine's `Visualizer`.

    Raises:
        ValueError: If `draw` is another word.
    """

    def __init__(self, name: str = 'visualizer', draw: str = 'axes', **kwargs) -> None:
        if draw not in DRAW:
            raise ValueError(f'draw must be one of {", ".join(DRAW)}, got {draw!r}')
        super().__init__(name, **kwargs)
        self.draw = draw

    @master_only
    def add_datasample(
        self,
        name: str,
        image: np.ndarray,
        data_sample: HeadPoseDataSample | Sequence[HeadPoseDataSample] = (),
        draw_gt: bool = True,
        draw_pred: bool = True,
        show: bool = False,
        wait_time: float = 0,
        out_file: str | None = None,
        step: int = 0,
    ) -> np.ndarray:
        """Draw an image's faces, and give the picture to the backends.

        Args:
            name: The picture's name, for the window and the backends.
            image: (H, W, 3) RGB uint8. It is not changed.
            data_sample: The faces. A face with a `box` is drawn at the box. For a face
                without a `box`, the image is the face.
            draw_gt: Draw `gt_pose` in thin lines, if a face has one.
            draw_pred: Draw `pred_pose`, if a face has one.
            show: Show the picture in a window, too.
            wait_time: How long the window waits, in seconds; 0 waits for a key.
            out_file: Path of a file to which the picture is written, too.
            step: The step of the training, for the backends.

        Returns:
            The picture, (H, W, 3) RGB uint8.
        """
        if isinstance(data_sample, HeadPoseDataSample):
            data_sample = [data_sample]
        img = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        if self.draw == 'structure':
            strips = [_strip(s) for s in data_sample if 'structure' in s]
            img = np.vstack(strips) if strips else img
        else:
            for sample in data_sample:
                img = self._draw_face(img, sample, draw_gt, draw_pred)
        picture = cv2.cvtColor(img, cv2.COLOR_BGR2RGB)

        if show:
            self.show(img, name, wait_time)
        if out_file is not None:
            write_image(img, out_file)
        self.add_image(name, picture, step)
        return picture

    @master_only
    def show(
        self, drawn_img: np.ndarray, win_name: str = 'image', wait_time: float = 0
    ) -> None:
        """Show a picture in a window. The keys q and Escape interrupt the program.

        Args:
            drawn_img: (H, W, 3) BGR uint8.
            win_name: The window's name. Each name has its own window.
            wait_time: How long to wait, in seconds; 0 waits for a key.

        Raises:
            OSError: If there is no display, or this OpenCV shows no windows.
            KeyboardInterrupt: If q or Escape is pressed.
        """
        if sys.platform == 'linux' and not {'DISPLAY', 'WAYLAND_DISPLAY'} & {
            *os.environ
        }:
            raise OSError(
                'there is no display to show pictures on: write them to files'
            )
        try:
            cv2.imshow(win_name, drawn_img)
        except cv2.error as e:
            raise OSError(f'this OpenCV shows no windows: write files ({e})') from e
        if cv2.waitKey(int(np.ceil(wait_time * 1000))) in QUIT_KEYS:
            raise KeyboardInterrupt

    def _draw_face(
        self,
        img: np.ndarray,
        sample: HeadPoseDataSample,
        draw_gt: bool,
        draw_pred: bool,
    ) -> np.ndarray:
        poses = []
        if draw_gt and 'gt_pose' in sample:
            poses.append((sample.gt_pose, True))
        if draw_pred and 'pred_pose' in sample and sample.get('valid', True):
            poses.append((sample.pred_pose, False))
        if 'box' in sample:
            box = np.array(sample.box)
        else:
            factor = int(np.ceil(SMALLEST / min(img.shape[:2])))
            img = np.repeat(np.repeat(img, factor, axis=0), factor, axis=1)
            box = np.array([0, 0, img.shape[1], img.shape[0]])
        center = (box[:2] + box[2:]) / 2
        size = np.ptp(box.reshape(2, 2), axis=0).max()
        thickness = max(1, round(size / 80))
        label = _label(sample, poses[-1][0]) if poses else ''
        draw_box(img, box, label, max(1, thickness // 2), _position(sample))
        if self.draw in ('landmarks', 'mesh'):
            return self._draw_points(img, sample, thickness)
        for pose, is_gt in poses:
            pose = _seen(sample, pose)
            width = 1 if is_gt else thickness
            if self.draw == 'axes':
                draw_axes(img, pose, center, size * 0.6, width)
            else:
                draw_cube(img, pose, center, size * 0.8, width)
        return img

    def _draw_points(
        self, img: np.ndarray, sample: HeadPoseDataSample, thickness: int
    ) -> np.ndarray:
        """Draw the landmarks of a face, if it has some."""
        points = sample.get('landmarks')
        if points is None:
            return img
        if self.draw == 'mesh':
            return draw_mesh(img, points, max(1, thickness // 3))
        # 468 points would cover the face as large as 5.
        return draw_landmarks(img, points, thickness * min(1, 10 / len(points) ** 0.5))


def _seen(sample: HeadPoseDataSample, pose: np.ndarray) -> np.ndarray:
    """The pose as the image shows it: a face at the side looks turned to its camera."""
    if 'to_ray' not in sample:
        return pose
    return matrix_to_pose(sample.to_ray @ pose_to_matrix(np.asarray(pose)))


def _label(sample: HeadPoseDataSample, pose: np.ndarray) -> str:
    angles = 'yaw {:+.0f} pitch {:+.0f} roll {:+.0f}'.format(*pose)
    track_id = sample.get('track_id')
    return angles if track_id is None else f'#{track_id} {angles}'


def _position(sample: HeadPoseDataSample) -> str:
    """The position in words, of a head that a known camera sees."""
    if 'relative_to' not in sample or not np.isfinite(sample.translation).all():
        return ''
    return 'at {:.0f},{:.0f},{:.0f} mm'.format(*sample.translation)


def _strip(sample: HeadPoseDataSample) -> np.ndarray:
    pose = _seen(sample, sample.pred_pose)
    return draw_structure(sample.crop, pose, sample.structure)
