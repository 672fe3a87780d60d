"""A network for one frame with a memory behind it, which sees the frames of a video."""

import torch
from torch import Tensor

from mmfsa.inputs import InputSpec
from mmfsa.registry import MODELS
from mmfsa.structures import HeadPoseDataSample

from ..estimators import BaseEstimator
from ..heads import AngleHead
from ..heads.base_head import as_vector
from ..losses import Labels
from .recurrent_head import USUAL


@MODELS.register_module()
class RecurrentEstimator(BaseEstimator):
    """Frame by frame, features of a face change a memory, which the pose comes of.

    Args:
        frame: Config of the network for one frame, a
            :class:`~mmfsa.models.HeadPoseEstimator`. Its input spec is that of the whole.
            Its `init_cfg` loads its weights.
        head: Config of a :class:`RecurrentHead`.
        freeze: The network for one frame does not learn.
        steady: How much the loss counts that errors differ from frame to frame, beside
            the errors themselves. It makes poses calm.
        init_cfg: Weight initialisation.
        test_cfg: It must be empty: there is no flip test of a video.

    Attributes:
        state_size: The numbers that a face's memory has.

    Raises:
        ValueError: The head takes other features than the network gives, or `test_cfg`
            asks for something.
    """

    def __init__(
        self,
        frame: dict,
        head: dict,
        freeze: bool = True,
        steady: float = 1.0,
        inputs: dict | InputSpec | None = None,
        init_cfg: dict | None = None,
        test_cfg: dict | None = None,
    ) -> None:
        network = MODELS.build(frame)
        super().__init__(inputs or network.inputs, init_cfg=init_cfg, test_cfg=test_cfg)
        if self.flip_test:
            raise ValueError('a network that sees videos has no flip test')
        self.frame = network
        self.head = MODELS.build(head)
        self.freeze = freeze
        self.steady = steady
        if freeze:
            self.frame.requires_grad_(False)

    @property
    def state_size(self) -> int:
        return self.head.state_size

    @property
    def float32_parts(self) -> list:
        """The heads."""
        return [self.frame.head, self.head]

    def init_weights(self) -> None:
        super().init_weights()
        follows = isinstance(self.frame.head, AngleHead)
        if follows and isinstance(self.head.cell, torch.nn.RNN):
            self.head.begin_as(self.frame.head)

    def train(self, mode: bool = True) -> 'RecurrentEstimator':
        """Only what learns changes its mode: frozen batch norms stay as they are."""
        super().train(mode)
        if self.freeze:
            self.frame.eval()
        return self

    def step(
        self, images: Tensor, elapsed: Tensor, state: Tensor
    ) -> tuple[dict[str, Tensor], Tensor]:
        """The next frame of each of N faces.

        Args:
            images: (N, 3, H, W) normalised crops.
            elapsed: (N,) seconds since the face's frame before; 0 for its first one.
            state: (N, state_size) from the face's frame before; zeros for its first one.

        Returns:
            `pose` (N, 3) in degrees, and the new state.
        """
        features, pose = (seen[:, None] for seen in self._seen(images))
        poses, state = self.head(features, pose, elapsed[:, None], state)
        return dict(pose=poses[:, 0]), state

    def poses(self, windows: Tensor, elapsed: Tensor | None = None) -> Tensor:
        """The poses (N, T, 3) in degrees of all frames of windows.

        Args:
            windows: (N, T, 3, H, W) normalised crops.
            elapsed: (N, T) seconds since the frame before; by default a thirtieth.
        """
        num, length = windows.shape[:2]
        if elapsed is None:
            elapsed = windows.new_full((num, length), USUAL)
            elapsed[:, 0] = 0
        seen = self._seen(windows.flatten(0, 1))
        features, poses = (values.unflatten(0, (num, length)) for values in seen)
        state = windows.new_zeros(num, self.state_size)
        return self.head(features, poses, elapsed, state)[0]

    def _seen(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """What the head sees of images, each alone: features, and the pose."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.freeze):
            features = self.frame.extract_feat(images)
            decoded = self.frame.head.decode(self.frame.head(features))
        return as_vector(features, self.head.in_features), decoded['pose']

    def regress(self, images: Tensor) -> dict[str, Tensor]:
        """The last frames' poses (N, 3) of windows (N, T, 3, H, W), or of single crops
        (N, 3, H, W), each of which is a first frame."""
        return dict(pose=self.poses(_windows(images))[:, -1])

    def predict(
        self, images: Tensor, data_samples: list[HeadPoseDataSample] | None = None
    ) -> list[HeadPoseDataSample]:
        """The data samples with the poses of the windows' last frames."""
        windows, elapsed = _windows(images), None
        if data_samples and all('elapsed' in sample for sample in data_samples):
            elapsed = _elapsed(data_samples, images)
        outputs = dict(pose=self.poses(windows, elapsed)[:, -1])
        return self.written(outputs, data_samples)

    def forward(
        self,
        inputs: Tensor,
        data_samples: list[HeadPoseDataSample] | None = None,
        mode: str = 'tensor',
    ) -> Tensor | dict[str, Tensor] | list[HeadPoseDataSample]:
        """As :meth:`BaseEstimator.forward`; `loss` takes samples of
        :class:`~mmfsa.datasets.HeadPoseWindows`, with labels of all frames."""
        if mode == 'loss' and data_samples:
            labels = Labels.of(data_samples, inputs.device)
            labels.others['elapsed'] = _elapsed(data_samples, inputs)
            return self.loss(inputs, labels)
        return super().forward(inputs, data_samples, mode)

    def loss(self, images: Tensor, labels: Labels) -> dict[str, Tensor]:
        """The frame's own loss, of every frame, and how much errors differ from frame to
        frame."""
        poses = self.poses(images, labels.others.get('elapsed'))
        losses = self.frame.criterion(
            dict(pose=poses.flatten(0, 1)), labels.by_frames()
        )
        error = poses - labels.pose
        if self.steady and error.shape[1] > 1:
            losses['loss_steady'] = self.steady * error.diff(dim=1).abs().mean()
        return losses


def _windows(images: Tensor) -> Tensor:
    return images.unsqueeze(1) if images.dim() == 4 else images


def _elapsed(samples: list[HeadPoseDataSample], images: Tensor) -> Tensor:
    """(N, T) seconds, of samples of windows."""
    return torch.stack([torch.as_tensor(sample.elapsed) for sample in samples]).to(
        images
    )
