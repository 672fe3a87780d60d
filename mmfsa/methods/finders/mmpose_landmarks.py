"""Landmarks of any face model of MMPose, for :class:`~mmfsa.methods.LandmarkMethod`.

MMPose is an optional package. It is imported where the first face is looked at.
"""

from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from mmengine import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import DefaultScope

from mmfsa.engine.checkpoint import load_weights
from mmfsa.inputs import convert_boxes
from mmfsa.registry import METHODS
from mmfsa.structures import Faces, Frame, Poses
from mmfsa.utils.files import sha256
from mmfsa.utils.threads import one_at_a_time

from ..base import Method
from .base import without_poses

# The points of WFLW (98) that stand for iBUG's 68: every second one of the jaw, the upper
# edges of the brows, nose, six of each eye's eight, and the lips.
WFLW = (
    *range(0, 33, 2),
    *range(33, 38),
    *range(42, 47),
    *range(51, 60),
    *(60, 61, 63, 64, 65, 67),
    *(68, 69, 71, 72, 73, 75),
    *range(76, 96),
)
# From as many points as a model finds to the 68.
LAYOUTS = {68: tuple(range(68)), 98: WFLW}


@METHODS.register_module()
class MMPoseLandmarks(Method):
    """A top-down model of MMPose that finds 68 points of iBUG's, or 98 of WFLW's.

    It finds landmarks and no poses: those of its answers are not valid.

    Args:
        config: A config of MMPose: its path, or the name of one that comes with MMPose.
        weights: The model's checkpoint.
        box: The kind of box that the model starts from (:mod:`mmfsa.inputs.kinds`); the
            config says by how much it is padded.
        device: Where the model runs.
        trust_pickle: Load a checkpoint that needs pickle, which can run any code in it.
    """

    def __init__(
        self,
        config: str,
        weights: str | Path | None = None,
        box: str = 'landmarks68',
        device: str = 'cpu',
        trust_pickle: bool = False,
    ) -> None:
        self.config = config
        self.weights = weights
        self.box = box
        self.device = device
        self.trust_pickle = trust_pickle
        self.name = Path(config).stem
        self.weights_sha256 = sha256(weights) if weights else ''

    @one_at_a_time  # the scope of MMPose is the process's
    def predict(self, frame: Frame, faces: Faces) -> Poses:
        """Poses that are not valid, with ``landmarks`` (68, 2) and ``landmark_scores``
        (68,) among their extras.

        Raises:
            ImportError: MMPose is not installed.
            ValueError: There is no such config or no checkpoint, the checkpoint is of
                another model, or the model has another number of points.
        """
        landmarks = np.empty((0, 68, 2))
        scores = np.empty((0, 68))
        if len(faces):
            landmarks, scores = self._find(frame, faces)
        return without_poses(faces, landmarks=landmarks, landmark_scores=scores)

    def _find(self, frame: Frame, faces: Faces) -> tuple[np.ndarray, np.ndarray]:
        model, pipeline, meta = self._model
        boxes = convert_boxes(np.asarray(faces.boxes, np.float32), faces.kind, self.box)
        with DefaultScope.overwrite_default_scope('mmpose'), torch.no_grad():
            batch = [
                pipeline(
                    dict(
                        meta,
                        img=frame.image,
                        bbox=box[None].astype(np.float32),
                        bbox_score=np.ones(1, np.float32),
                    )
                )
                for box in boxes
            ]
            found = [
                sample.pred_instances
                for sample in model.test_step(pseudo_collate(batch))
            ]
        number = found[0].keypoints.shape[1]
        if number not in LAYOUTS:
            raise ValueError(
                f'{self.name} finds {number} points; mmfsa knows which of '
                f'{" or ".join(map(str, LAYOUTS))} are the 68 of a face'
            )
        index = list(LAYOUTS[number])
        return (
            np.stack([one.keypoints[0][index] for one in found]),
            np.stack([one.keypoint_scores[0][index] for one in found]),
        )

    @cached_property
    def _model(self) -> tuple:
        """The model, its pipeline, and what MMPose says of its data set."""
        if self.weights is None:
            raise ValueError(
                f'{self.name} has no weights: give the checkpoint that fits its config '
                '(--weights FILE, or method.network.weights in the config)'
            )
        from mmfsa.utils.mmpose import mmpose  # first: it registers all parts

        # isort: split
        from mmpose.apis.inference import dataset_meta_from_config
        from mmpose.datasets.datasets.utils import parse_pose_metainfo
        from mmpose.registry import DATASETS, MODELS, TRANSFORMS

        cfg = Config.fromfile(_config_file(self.config, Path(mmpose.__file__).parent))
        with DefaultScope.overwrite_default_scope('mmpose'):
            model = MODELS.build(cfg.model).to(self.device).eval()
            steps = cfg.test_dataloader.dataset.pipeline
            pipeline = Compose([TRANSFORMS.build(step) for step in steps])
            meta = dataset_meta_from_config(cfg, dataset_mode='test')
            if meta is None:
                # MMPose 1.3.2 has none for 300W-LP, whose points are 300W's
                meta = parse_pose_metainfo(DATASETS.get('Face300WDataset').METAINFO)
        load_weights(model, self.weights, self.trust_pickle)
        return model, pipeline, meta


def _config_file(config: str, package: Path) -> Path:
    """The path of a config, or of one that comes with MMPose by its name.

    Raises:
        ValueError: There is none.
    """
    if Path(config).is_file():
        return Path(config)
    found = sorted((package / '.mim/configs').rglob(f'{Path(config).stem}.py'))
    if not found:
        raise ValueError(
            f'there is no config {config}: give its path, or the name of one of MMPose'
        )
    return found[0]
