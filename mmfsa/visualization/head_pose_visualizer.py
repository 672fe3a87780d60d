"""mmengine's visualizer for faces and their poses."""

from collections.abc import Sequence

import cv2
import numpy as np
from mmengine.dist import master_only
from mmengine.visualization import Visualizer

from mmfsa.registry import VISUALIZERS
from mmfsa.structures import HeadPoseDataSample
from mmfsa.utils.images import write_image

from .draw_faces import check_draw, draw_faces, show_picture


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
        super().__init__(name, **kwargs)
        self.draw = check_draw(draw)

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
        img = draw_faces(img, data_sample, self.draw, draw_gt, draw_pred)
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
        """Show a picture in a window: the arguments of :func:`.draw_faces.show_picture`."""
        show_picture(drawn_img, win_name, wait_time)
