"""The data set of heads that are rendered while they are loaded."""

from collections.abc import Callable, Sequence

from mmfsa.datasets import HeadPoseDataset
from mmfsa.registry import DATASETS

from .factors import PER_SUBJECT, Factors


@DATASETS.register_module()
class SyntheticHeadDataset(HeadPoseDataset):
    """Heads that the loader's workers render while they load them.

    A picture depends on (seed, row) alone. The number of workers changes nothing, and
    every epoch sees the same pictures. The pipeline starts with the crop, since there is
    no image to load.

    Args:
        num: Number of pictures.
        seed: Seed of the subjects. Data sets with different seeds share no subject.
        per_subject: Number of pictures of each subject.
        image_size: Width and height of the pictures before the crop, in pixels.
        factors: Fields of :class:`~mmfsa.synth.factors.Factors` that differ from the
            defaults.
        pipeline: See :class:`HeadPoseDataset`.
        test_mode: See :class:`HeadPoseDataset`.

    Raises:
        ModuleNotFoundError: If numba is missing, or anny is missing and the head is not
            built yet.
        ValueError: If a name in ``factors`` is unknown.
    """

    def __init__(
        self,
        num: int,
        seed: int = 0,
        per_subject: int = PER_SUBJECT,
        image_size: int = 96,
        factors: dict | None = None,
        pipeline: Sequence[dict | Callable] = (),
        test_mode: bool = False,
    ) -> None:
        from .renderer import HeadRenderer

        self.num = num
        self.seed = seed
        self.per_subject = per_subject
        self.renderer = HeadRenderer(Factors.changed(factors or {}), image_size)
        super().__init__(pipeline=pipeline, test_mode=test_mode)

    def load_data_list(self) -> list[dict]:
        self._state_crop()
        self._metainfo.setdefault('dataset', 'synthetic heads')
        self._metainfo.setdefault('box_source', 'landmarks')
        self._metainfo.setdefault('num_found', self.num)
        entries = []
        for row in range(self.num):
            subject, shot = divmod(row, self.per_subject)
            name = f'{self.seed}/{subject}'
            entries.append(
                {
                    'img_path': f'head {name}/{shot}',
                    'img_id': row,
                    'subject': name,
                    'key': (self.seed, subject, shot),
                }
            )
        return entries

    def get_data_info(self, idx: int) -> dict:
        """The entry with the picture, its ``boxes``, ``landmarks`` and ``gt_pose``."""
        info = super().get_data_info(idx)
        sample = self.renderer(*info.pop('key'))
        return info | {
            'img': sample.image,
            'img_shape': sample.image.shape[:2],
            'boxes': {'visible': sample.face_box.tolist()},
            'landmarks': sample.landmarks,
            'gt_pose': sample.pose,
        }
