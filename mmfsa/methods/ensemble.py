"""Several methods as one: the mean of their poses."""

from collections.abc import Sequence

import numpy as np

from mmfsa.structures import Faces, Frame, Poses, mean_pose

from .base import Method

MEANS = 'rotation', 'angles'


class EnsembleMethod(Method):
    """The mean of several methods, each with its own inputs.

    A face has a pose where at least one member finds one; the mean is that of the members
    that do.

    Args:
        members: The methods; in a config names, or the arguments of
            :func:`mmfsa.create_model`.
        mean: ``rotation``: the mean on the rotation group (chordal). ``angles``: the
            mean of each angle, as the paper fuses networks (Section 4.4).

    Raises:
        ValueError: There is no member, or no such mean.
    """

    def __init__(self, members: Sequence[Method], mean: str = 'rotation') -> None:
        if not members:
            raise ValueError('an ensemble needs at least one method')
        if mean not in MEANS:
            raise ValueError(f'mean must be one of {MEANS}, got {mean!r}')
        self.members = tuple(members)
        self.mean = mean
        self.name = ' + '.join(member.name for member in members)
        self.weights_sha256 = '+'.join(member.weights_sha256 for member in members)
        self.remembers = any(member.remembers for member in members)
        self.inputs = tuple(spec for member in members for spec in member.inputs)

    def predict(self, frame: Frame, faces: Faces) -> Poses:
        from scipy.spatial.transform import Rotation

        answers = [member.predict(frame, faces) for member in self.members]
        valid = np.stack([answer.valid for answer in answers])
        matrices = np.stack([answer.rotation for answer in answers])
        angles = np.stack([answer.euler for answer in answers])
        rotation = np.full(matrices.shape[1:], np.nan)
        euler = np.full(angles.shape[1:], np.nan)
        for i in np.flatnonzero(valid.any(axis=0)):
            answered = valid[:, i]
            if self.mean == 'angles':
                euler[i] = mean_pose(angles[answered, i])
            else:
                mean = Rotation.from_matrix(matrices[answered, i]).mean()
                rotation[i] = mean.as_matrix()
        about = dict(boxes=faces.boxes, reasons=answers[0].reasons)
        if self.mean == 'angles':
            return Poses.from_euler(euler, **about)
        return Poses.from_rotation(rotation, **about)

    def reset(self, ids: Sequence[int] | None = None) -> None:
        for member in self.members:
            member.reset(ids)
