"""The pipeline's step after the image: the depth map that belongs to it."""

from mmcv.transforms import BaseTransform

from mmfsa.registry import TRANSFORMS
from mmfsa.utils.depth import depth_of


@TRANSFORMS.register_module()
class LoadDepthFromFile(BaseTransform):
    """Read the depth map of an image (docs/en/depth.md).

    Required keys: ``img``, ``depth_path``. Added key: ``depth`` (H, W) uint16
    millimetres, 0 where none was measured.

    Raises (of the call):
        OSError: The file can't be read.
        ValueError: The entry has no depth map, or the file is none of this image.
    """

    def transform(self, results: dict) -> dict:
        if 'depth_path' not in results:
            raise ValueError(
                f'{results.get("img_path")}: no depth_path: convert the data set again, '
                'from images with depth maps'
            )
        size = results['img'].shape[1::-1]
        results['depth'] = depth_of(results['depth_path'], size)
        return results
