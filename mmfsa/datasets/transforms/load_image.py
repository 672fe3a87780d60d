"""The pipeline's first step: the image of a face."""

import mmengine.fileio as fileio
from mmcv.transforms import LoadImageFromFile as _LoadImageFromFile

from mmfsa.registry import TRANSFORMS
from mmfsa.utils.images import decode_image
from mmfsa.utils.reading import read_bytes


@TRANSFORMS.register_module()
class LoadImageFromFile(_LoadImageFromFile):
    """mmcv's transform, for photos: a depth map is refused.

    An image that is there already (of an ``.npz``, a cache or a renderer) is left as it
    is.

    Required keys: ``img_path``, unless there is ``img``. Added keys: ``img`` (H, W, 3)
    BGR uint8, ``img_shape``, ``ori_shape``.
    """

    def transform(self, results: dict) -> dict:
        if 'img' not in results:
            path = results['img_path']
            if self.backend_args is None:  # mmengine would read addresses, too
                content = read_bytes(path)
            else:
                content = fileio.get(path, backend_args=self.backend_args)
            try:
                results['img'] = decode_image(content)
            except ValueError as error:
                raise ValueError(f'{path}: {error}') from error
        results['img_shape'] = results['ori_shape'] = results['img'].shape[:2]
        return results
