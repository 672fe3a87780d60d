"""What all estimators share: mmengine's three modes over one function of the images."""

from abc import ABCMeta, abstractmethod
from collections.abc import Sequence

import torch
import torch.nn as nn
from mmengine.model import BaseModel
from torch import Tensor

from mmfsa.inputs import InputSpec
from mmfsa.landmarks import mirror_landmarks
from mmfsa.structures import (
    HeadPoseDataSample,
    is_pose,
    mean_pose,
    mirror_pose,
    pose_to_matrix,
)

from ..losses.labels import Labels
from ..quantization import FakeQuantize
from .preprocessor import FacePreprocessor, spec_of


class BaseEstimator(BaseModel, metaclass=ABCMeta):
    """An estimator turns images of faces into poses.

    Args:
        inputs: The input spec (:class:`~mmfsa.inputs.InputSpec` or its values): size,
            colours and crop of what the network takes. FSA-Net's by default.
        data_preprocessor: mmengine's way to say colours, mean and std, for configs
            without `inputs`.
        init_cfg: Weight initialisation, e.g. `dict(type='Pretrained', …)`.
        test_cfg: `dict(flip_test=True)`: a pose is the mean of two, that seen in the
            image and that seen in its mirror image. It is more accurate, and costs twice
            as much.

    Attributes:
        inputs: The input spec. It goes to data sets, checkpoints and exported files.
        state_size: The numbers that a face's memory has, of a network that sees videos; 0:
            it has no memory.

    Raises:
        ValueError: If `test_cfg` has other keys, or the inputs no such value.
    """

    state_size: int = 0

    def __init__(
        self,
        inputs: dict | InputSpec | None = None,
        data_preprocessor: dict | None = None,
        init_cfg: dict | None = None,
        test_cfg: dict | None = None,
    ) -> None:
        spec = spec_of(inputs, data_preprocessor)
        super().__init__(FacePreprocessor(spec), init_cfg)
        test_cfg = dict(test_cfg or {})
        self.flip_test = test_cfg.pop('flip_test', False)
        if test_cfg:
            raise ValueError(
                f'test_cfg takes flip_test only, not {", ".join(test_cfg)}'
            )

    @property
    def inputs(self) -> InputSpec:
        """What the network wants to see of a face."""
        return self.data_preprocessor.inputs

    @property
    def float32_parts(self) -> list[nn.Module]:
        """The parts that compute in float32 in a file of float16, such as the head.

        All that is computed from what a part takes stays in float32, up to the outputs.
        An estimator calls these parts as modules, `part(features)`. Here there are none:
        an estimator with a head of its own states the head, whatever its name is.
        """
        return []

    @property
    def is_quantized(self) -> bool:
        """Whether a part of the network rounds to 8 bits."""
        return any(isinstance(part, FakeQuantize) for part in self.modules())

    @property
    def protocol(self) -> dict:
        """What the protocol card of an evaluation says of the model."""
        return dict(color_order=self.inputs.color, flip_test=self.flip_test)

    def set_inputs(self, spec: InputSpec) -> None:
        """Take faces as another spec says, such as the one of a checkpoint."""
        device = self.data_preprocessor.device
        self.data_preprocessor = FacePreprocessor(spec).to(device)

    def forward(
        self,
        inputs: Tensor,
        data_samples: list[HeadPoseDataSample] | None = None,
        mode: str = 'tensor',
    ) -> Tensor | dict[str, Tensor] | list[HeadPoseDataSample]:
        """
        Args:
            inputs: Face crops (N, 3, H, W), or clips of them (N, T, 3, H, W); the
                paper's models take BGR, 0 to 255.
            data_samples: One sample for each face; `loss` reads their labels, see
                :meth:`Labels.of() <mmfsa.models.losses.labels.Labels.of>`.
            mode: One of mmengine's three modes.

        Returns:
            `tensor`: the poses (N, 3), yaw, pitch, roll in degrees;
            `predict`: the data samples (new ones where none are given) with `pred_pose`
            (3,) and `valid`, False where the pose is no number; where the network gives
            them, also with `pred_rotation` (3, 3), `spread`, and `pred_NAME` of each other
            output;
            `loss`: a dict of losses.

        Raises:
            ValueError: If the mode is another, or if `loss` has no data samples.
        """
        if mode == 'tensor':
            return self.estimate(inputs)
        if mode == 'predict':
            return self.predict(inputs, data_samples)
        if mode == 'loss':
            if not data_samples:
                raise ValueError("mode='loss' needs data samples with gt_pose")
            return self.loss(inputs, Labels.of(data_samples, inputs.device))
        raise ValueError(f"mode must be 'tensor', 'predict' or 'loss', got {mode!r}")

    def predict(
        self, images: Tensor, data_samples: list[HeadPoseDataSample] | None = None
    ) -> list[HeadPoseDataSample]:
        """The data samples with what was found, see :meth:`forward`."""
        return self.written(self.outputs(images), data_samples)

    def written(
        self,
        outputs: dict[str, Tensor],
        data_samples: list[HeadPoseDataSample] | None = None,
    ) -> list[HeadPoseDataSample]:
        """The data samples (new ones where none are given) with these outputs."""
        pose = outputs['pose'].float()
        valid = is_pose(pose)
        if 'valid' in outputs:
            valid = valid & outputs['valid'].bool()
        valid = valid.tolist()
        found = dict(pred_pose=pose, valid=valid)
        for name, output in outputs.items():
            if name not in ('pose', 'valid'):
                key = name if name == 'spread' else f'pred_{name}'
                found[key] = output.float()
        data_samples = data_samples or [HeadPoseDataSample() for _ in pose]
        for name, values in found.items():
            for sample, value in zip(data_samples, values, strict=True):
                setattr(sample, name, value)
        for sample in data_samples:
            sample.set_metainfo(self.protocol)
        return data_samples

    def estimate(self, images: Tensor) -> Tensor:
        """The poses (N, 3), yaw, pitch, roll in degrees, of images as `forward` takes."""
        return self.outputs(images)['pose']

    def outputs(self, images: Tensor) -> dict[str, Tensor]:
        """All that the network says of faces, see :meth:`regress`, after the flip test.

        Args:
            images: As in :meth:`forward`.
        """
        if not self.flip_test:
            return self.regress(images)
        # The last axis is the width: of crops, and of clips.
        both = self.regress(torch.cat([images, images.flip(-1)]))
        halves = {
            name: value.reshape(2, -1, *value.shape[1:]) for name, value in both.items()
        }
        seen, mirrored = ({n: v[i] for n, v in halves.items()} for i in (0, 1))
        return mean_outputs([seen, mirror_outputs(mirrored)])

    @abstractmethod
    def regress(self, images: Tensor) -> dict[str, Tensor]:
        """What the network says of images, each looked at once.

        Returns:
            `pose` (N, 3), yaw, pitch, roll in degrees, and what else a head's
            :meth:`~mmfsa.models.heads.base_head.BaseHead.decode` returns.
        """

    @abstractmethod
    def loss(self, images: Tensor, labels: Labels) -> dict[str, Tensor]:
        """The losses of images (N, 3, H, W) with their labels."""


def mean_outputs(looks: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """What several looks at the same N faces say together.

    Args:
        looks: The outputs of each look, see :meth:`BaseEstimator.regress`.

    Returns:
        The mean `pose`; its `rotation` and the mean `spread` where all looks have them;
        `valid`, True where no look says otherwise; the means of `landmarks` and
        `crop_offset`. Other outputs have no mean.
    """
    pose = mean_pose(torch.stack([look['pose'] for look in looks]))
    outputs = dict(pose=pose)
    if all('rotation' in look for look in looks):
        outputs['rotation'] = pose_to_matrix(pose)
    spreads = [look['spread'] for look in looks if 'spread' in look]
    if len(spreads) == len(looks) and len({spread.dim() for spread in spreads}) == 1:
        outputs['spread'] = torch.stack(spreads).mean(dim=0)
    for name in ('landmarks', 'crop_offset'):
        if all(name in look for look in looks):
            outputs[name] = torch.stack([look[name] for look in looks]).mean(dim=0)
    valid = [look['valid'] for look in looks if 'valid' in look]
    if valid:
        outputs['valid'] = torch.stack(valid).all(dim=0)
    return outputs


def mirror_outputs(outputs: dict[str, Tensor]) -> dict[str, Tensor]:
    """What was said of mirrored faces, as said of the faces themselves.

    The `rotation` is left to :func:`mean_outputs`.
    """
    mirrored = dict(outputs, pose=mirror_pose(outputs['pose']))
    if 'spread' in outputs and outputs['spread'].dim() == 3:
        # The mirror turns around the rotations about y and z.
        signs = outputs['spread'].new_tensor([1, -1, -1])
        mirrored['spread'] = signs[:, None] * outputs['spread'] * signs
    if 'landmarks' in outputs:
        mirrored['landmarks'] = mirror_landmarks(outputs['landmarks'])
    if 'crop_offset' in outputs:
        signs = outputs['crop_offset'].new_tensor([-1, 1, 1])
        mirrored['crop_offset'] = signs * outputs['crop_offset']
    return mirrored
