"""A method in the place of a model, for mmengine's runner."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from mmengine import Config
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch import Tensor

from mmfsa.deploy.estimator import stand_in
from mmfsa.inputs.kinds import UNNAMED
from mmfsa.registry import MODELS
from mmfsa.structures import Camera, Faces, Frame, HeadPoseDataSample

from .base import Method
from .loading import create_model


@MODELS.register_module()
class MethodEstimator(BaseModel):
    """A method in the place of a model, so that mmengine's runner can test it.

    The data set gives whole frames (`_base_/datasets/aflw2000_frames.py`), each with the
    boxes and landmarks of its face.

    Args:
        method: The method; None in a config, where the test puts it in place.
    """

    def __init__(self, method: Method | None = None) -> None:
        super().__init__()
        self.method = method
        self.box = 'landmarks68'

    @property
    def protocol(self) -> dict:
        """What the protocol card of an evaluation says of the method."""
        seen = [f'{spec.rule}, {spec.color}' for spec in self.method.inputs]
        return dict(
            color_order=', '.join(spec.color for spec in self.method.inputs) or 'BGR',
            crop_rule='; '.join(seen) or f'the whole frame, {self.box}',
            order=getattr(self.method, 'order', 'xyz'),
        )

    def use_box(self, kind: str) -> None:
        """Give the method another kind of box, where a face has it."""
        self.box = kind

    def forward(
        self,
        inputs: Sequence[Tensor],
        data_samples: list[HeadPoseDataSample],
        mode: str = 'predict',
    ) -> list[HeadPoseDataSample]:
        """
        Args:
            inputs: Frames (3, H, W), BGR, 0 to 255.
            data_samples: One sample for each, with `boxes` by their kinds and, where
                they are known, `landmarks`.
            mode: `predict`.

        Returns:
            The data samples with `pred_pose` (3,) and `valid`; where the method finds
            them, with `pred_landmarks` (K, 2) or (K, 3) in pixels of the frame.
        """
        if mode != 'predict':
            raise NotImplementedError(
                f'a method is tested, not trained (mode={mode!r})'
            )
        pairs = [self._face(*one) for one in zip(inputs, data_samples, strict=True)]
        answers = self.method.predict_batch(*zip(*pairs, strict=True))
        for sample, poses in zip(data_samples, answers, strict=True):
            sample.pred_pose = torch.from_numpy(poses.euler[0].astype(np.float32))
            sample.pred_rotation = torch.from_numpy(poses.rotation[0])
            sample.valid = bool(poses.valid[0])
            if 'landmarks' in poses.extras:
                sample.pred_landmarks = torch.from_numpy(
                    np.asarray(poses.extras['landmarks'][0], np.float32)
                )
            sample.set_metainfo(self.protocol)
        return data_samples

    def _face(self, image: Tensor, sample: HeadPoseDataSample) -> tuple[Frame, Faces]:
        """A frame with its one face."""
        boxes = sample.boxes
        kind = self.box if self.box in boxes else next(iter(boxes), UNNAMED)
        landmarks = sample.get('landmarks')
        camera = sample.get('camera')
        frame = Frame(
            np.ascontiguousarray(image.permute(1, 2, 0).numpy(force=True)),
            name=sample.get('img_path', ''),
            depth=sample.get('depth'),
            camera=None if camera is None else Camera(**camera),
        )
        face = Faces(
            np.array([boxes[kind]]),
            kind,
            landmarks=None if landmarks is None else np.array([landmarks], np.float32),
        )
        return frame, face


def loader(
    cfg: Config,
    weights: Path | None,
    backend: str | None = None,
    trust_pickle: bool = False,
) -> Callable[[Runner], dict] | None:
    """What puts a method or a backend in the place of a runner's model.

    It is the `load` of :func:`mmfsa.engine.testing.test`.

    Args:
        cfg: The experiment's config.
        weights: See :func:`~mmfsa.methods.create_model`.
        backend: What runs the model; None: torch.
        trust_pickle: Load a checkpoint that needs pickle.

    Returns:
        None where the runner's own model only needs its checkpoint.
    """
    if not backend and 'method' not in cfg:
        return None

    def load(runner: Runner) -> dict:
        # The runner's config has the user's settings, and a model where there was none.
        asked = runner.cfg
        if 'model' not in cfg:
            asked = cfg.copy()
            asked.method = runner.cfg.method
        method = create_model(asked, weights, backend, trust_pickle=trust_pickle)
        if 'method' in cfg:
            runner.model = MethodEstimator(method)
            return {}
        runner.model = stand_in(method.network, method.spec, method.model)
        return dict(config=method.made_by)

    return load
