"""One backbone, a landmark head of MMPose and a pose head of mmfsa."""

# ruff: isort: off
import mmfsa.utils.mmpose  # noqa: F401  (first: it lets mmpose do without mmdet)
from mmpose.models import TopdownPoseEstimator
from mmpose.registry import DATASETS, MODELS

# ruff: isort: on
from torch import Tensor
from torch.utils.data import Dataset

from mmfsa.models.losses import Labels, build_loss


@MODELS.register_module()
class PoseAndLandmarkEstimator(TopdownPoseEstimator):
    """MMPose's top-down estimator with a neck and a head more, for the pose.

    A sample teaches what it has labels for: landmarks, a pose, or both.

    Args:
        pose_neck: Config of the neck before the pose head.
        pose_head: Config of a head of mmfsa.
        pose_loss: Config of a loss of mmfsa; the pose head's own by default.
        **kwargs: The arguments of `TopdownPoseEstimator`.
    """

    def __init__(
        self,
        pose_neck: dict,
        pose_head: dict,
        pose_loss: dict | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.pose_neck = MODELS.build(pose_neck)
        self.pose_head = MODELS.build(pose_head)
        self.pose_criterion = build_loss(pose_loss, self.pose_head)

    def _forward(self, inputs: Tensor, *_) -> tuple:
        """What the landmark head says of images, and their poses (N, 3)."""
        features = self.backbone(inputs)
        landmarks = self.head(self.neck(features))
        outputs = self.pose_head(self.pose_neck(features))
        return landmarks, self.pose_head.decode(outputs)['pose']

    def loss(self, inputs: Tensor, data_samples: list) -> dict[str, Tensor]:
        """The losses of the landmarks, and the losses of the poses as `pose.…`."""
        features = self.backbone(inputs)
        losses = {}
        rows = labelled(data_samples, 'gt_instance_labels')
        if rows:
            chosen = [data_samples[i] for i in rows]
            losses |= self.head.loss(self.neck(pick(features, rows)), chosen)
        rows = labelled(data_samples, 'gt_pose')
        if rows:
            labels = Labels.of([data_samples[i] for i in rows], inputs.device)
            outputs = self.pose_head(self.pose_neck(pick(features, rows)))
            outputs |= self.pose_head.decode(outputs)
            pose = self.pose_criterion(outputs, labels)
            losses |= {f'pose.{name}': value for name, value in pose.items()}
        return losses

    def predict(self, inputs: Tensor, data_samples: list) -> list:
        """Put `pred_pose` into every sample, `pred_instances` into those of MMPose.

        There is no flip test: a mirrored face has another pose.
        """
        features = self.backbone(inputs)
        outputs = self.pose_head(self.pose_neck(features))
        poses = self.pose_head.decode(outputs)['pose'].float()
        for sample, pose in zip(data_samples, poses, strict=True):
            sample.pred_pose = pose
        rows = labelled(data_samples, 'gt_instances')
        if rows:
            chosen = [data_samples[i] for i in rows]
            landmarks = self.head.predict(self.neck(pick(features, rows)), chosen)
            self.add_pred_to_datasample(landmarks, None, chosen)
        return data_samples


def labelled(data_samples: list, key: str) -> list[int]:
    """The numbers of the samples that have a key."""
    return [i for i, sample in enumerate(data_samples) if key in sample]


def pick(features: tuple[Tensor, ...], rows: list[int]) -> tuple[Tensor, ...]:
    """Feature maps of some samples."""
    return tuple(feature[rows] for feature in features)


@DATASETS.register_module()
class AlternatingDataset(Dataset):
    """One sample of each data set in turn; shorter data sets repeat.

    Args:
        datasets: Configs of the data sets, each with a pipeline of its own.
    """

    def __init__(self, datasets: list[dict]) -> None:
        self.datasets = [DATASETS.build(cfg) for cfg in datasets]

    def __len__(self) -> int:
        return len(self.datasets) * max(map(len, self.datasets))

    def __getitem__(self, index: int) -> dict:
        row, which = divmod(index, len(self.datasets))
        dataset = self.datasets[which]
        return dataset[row % len(dataset)]
