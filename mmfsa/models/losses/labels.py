"""The labels of a batch, stacked once for each training step."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from mmfsa.structures import HeadPoseDataSample, pose_to_matrix

POSE = 'gt_pose', 'gt_rotation'


class Labels:
    """What N faces should be found to be.

    Args:
        pose: (N, 3) yaw, pitch, roll in degrees; of windows (N, T, 3).
        weight: (N, 3) how much the error of each angle counts; all 1 by default.
        exact: Exact rotation matrices (3, 3) by the numbers of their samples, for
            faces whose label is a matrix.
        names: The path of each image, for error messages.
        others: Further labels (N, …) by their names, NaN for faces without one.

    Attributes:
        pose: (N, 3), see above.
        weight: (N, 3), see above.
        names: N paths, or None where a path is unknown.
        others: See above.
    """

    def __init__(
        self,
        pose: Tensor,
        weight: Tensor | None = None,
        exact: dict[int, Tensor] | None = None,
        names: Sequence[str | None] | None = None,
        others: Mapping[str, Tensor] | None = None,
    ) -> None:
        self.pose = pose
        self.weight = pose.new_ones(len(pose), 3) if weight is None else weight
        self.names = names or [None] * len(pose)
        self.others = others or {}
        self._exact = exact or {}

    @classmethod
    def of(
        cls,
        data_samples: Sequence[HeadPoseDataSample],
        device: torch.device | str = 'cpu',
    ) -> 'Labels':
        """Stack the labels of data samples, as float32.

        Args:
            data_samples: N samples with `gt_pose`. A sample may have `gt_rotation`
                (3, 3), which is then exact, and `weight`: one number, or three. What else
                begins with `gt_` goes to `others`, without these letters.
            device: Where the labels go.
        """
        weights = [sample.get('weight', 1.0) for sample in data_samples]
        weights = [w if np.iterable(w) else (w, w, w) for w in weights]

        def stacked(rows: list) -> Tensor:
            return torch.from_numpy(np.stack(rows)).to(device, torch.float32)

        return cls(
            stacked([sample.gt_pose for sample in data_samples]),
            stacked(weights),
            {
                i: torch.as_tensor(sample.gt_rotation).to(device, torch.float32)
                for i, sample in enumerate(data_samples)
                if 'gt_rotation' in sample
            },
            [sample.get('img_path') for sample in data_samples],
            {
                name.removeprefix('gt_'): stacked(_with_gaps(name, data_samples))
                for name in _other_labels(data_samples)
            },
        )

    @cached_property
    def rotation(self) -> Tensor:
        """(N, 3, 3) rotation matrices: exact where they are known, else of the pose."""
        rotation = pose_to_matrix(self.pose)
        if self._exact:
            rows = torch.tensor(list(self._exact), device=rotation.device)
            rotation[rows] = torch.stack(list(self._exact.values())).to(rotation)
        return rotation

    def __len__(self) -> int:
        return len(self.pose)

    def twice(self) -> 'Labels':
        """The labels of the N faces, and of the same faces once more: 2N."""
        again = {len(self) + row: matrix for row, matrix in self._exact.items()}
        return Labels(
            torch.cat(2 * [self.pose]),
            torch.cat(2 * [self.weight]),
            self._exact | again,
            2 * [*self.names],
            {name: torch.cat(2 * [values]) for name, values in self.others.items()},
        )

    def by_frames(self) -> 'Labels':
        """The labels of N windows of T frames, (N, T, …), as those of N·T faces."""
        length = self.pose.shape[1]
        return Labels(
            self.pose.flatten(0, 1),
            self.weight[:, None].expand_as(self.pose).flatten(0, 1),
            {
                row * length + t: matrix
                for row, matrices in self._exact.items()
                for t, matrix in enumerate(matrices)
            },
            [name for name in self.names for _ in range(length)],
        )


def _other_labels(samples: Sequence[HeadPoseDataSample]) -> list[str]:
    """The names of all labels but the pose that some sample has."""
    names = dict.fromkeys(name for sample in samples for name in sample.keys())  # noqa: SIM118
    return [n for n in names if n.startswith('gt_') and n not in POSE]


def _with_gaps(name: str, samples: Sequence[HeadPoseDataSample]) -> list[np.ndarray]:
    """A label of each sample, NaN where a sample has none."""
    first = next(sample.get(name) for sample in samples if name in sample)
    gap = np.full(np.shape(first), np.nan, np.float32)
    return [np.asarray(sample.get(name, gap)) for sample in samples]
