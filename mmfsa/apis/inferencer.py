"""From any source of images to the poses of the faces in them."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
from mmengine import Config
from mmengine.infer import BaseInferencer
from rich.console import Console
from rich.progress import track

from mmfsa import zoo
from mmfsa.deploy import Backend
from mmfsa.detection import BaseDetector, build_detector
from mmfsa.registry import INFERENCERS
from mmfsa.structures import HeadPoseDataSample
from mmfsa.tracking import FaceFollower, PoseSmoother
from mmfsa.utils.files import sha256
from mmfsa.visualization import HeadPoseVisualizer

from .crop import FaceCropper
from .face_record import face_record
from .network import experiment_of, load_network, structure_maps
from .streams import Frame, Image, Stream, expand, open_streams
from .writers import PictureWriter, RecordWriter

Batch = list[tuple[Frame, list[HeadPoseDataSample]]]
PREDICTIONS = 'predictions.jsonl'


@INFERENCERS.register_module()
class HeadPoseInferencer(BaseInferencer):
    """Poses of all faces in images, folders, videos and before cameras.

    >>> inferencer = HeadPoseInferencer(weights='fusion.pth')  # doctest: +SKIP
    >>> for result in inferencer('photo.jpg'):  # doctest: +SKIP
    ...     for face in result['predictions'][0]:
    ...         print(face['yaw'], face['pitch'], face['roll'])

    Args:
        model: A name of the zoo (see :meth:`list_models`), an experiment file, or its
            config; by default the one that the weights are of.
        weights: The checkpoint, or a model exported to ONNX (`.onnx`); by default the
            model's, where mmfsa brings them. Without either, the first model of the
            weights that come with mmfsa.
        detector: The face detector, see :func:`mmfsa.detection.build_detector`.
        backend: One of :data:`mmfsa.deploy.BACKENDS`; by default torch for a checkpoint,
            ONNX Runtime for an ONNX file.
        device: Where the backend runs; a GPU by default, if torch runs and has one.
        show_progress: Draw progress bars on standard error.
        license: Of the weights that come with mmfsa, where you give none: `free` for
            those that may be used for anything, or `any`, which are more accurate.
        flip_test: Take the mean of what is seen in a face and in its mirror image: more
            accurate, at twice the cost of the network.

    Attributes:
        failures: (name, reason) of what the last call could not read.

    Raises:
        ValueError: If there is no such model, detector or backend, no weights, a license
            beside weights of your own, or if a file was exported without the flip test
            that is asked for.
        FileNotFoundError: If the weights are not there.
    """

    def __init__(
        self,
        model: str | dict | Config | None = None,
        weights: str | Path | None = None,
        detector: str | dict | BaseDetector = 'centerface',
        backend: str | None = None,
        device: str | None = None,
        show_progress: bool = False,
        license: str = 'any',  # noqa: A002
        flip_test: bool = False,
    ) -> None:
        if weights and license != 'any':
            raise ValueError(
                f'license={license!r} chooses among the weights that come with mmfsa: '
                f'leave out either that or {weights}'
            )
        if model is None:
            model = experiment_of(weights) if weights else zoo.default_model(license)
        if weights and isinstance(model, str) and not Path(model).is_file():
            model = zoo.find_config(model)  # mmfsa's own weights are not asked for
        self.detector = build_detector(detector, device)
        self.backend, self.device = backend, device
        self.license, self.flip_test = license, flip_test
        self.failures: list[tuple[str, str]] = []
        super().__init__(
            model, weights, device, scope='mmfsa', show_progress=show_progress
        )

    @staticmethod
    def list_models() -> list[str]:
        """The names that `model` can have."""
        return zoo.models()

    def __call__(
        self,
        inputs: Image | Sequence[Image],
        return_datasamples: bool = False,
        batch_size: int = 1,
        as_video: bool = False,
        detect_every: int = 1,
        smooth: bool | Callable[[str], PoseSmoother] = False,
        draw: str = 'axes',
        return_vis: bool = False,
        show: bool = False,
        wait_time: float = 0,
        vis_out_dir: str | Path | None = None,
        pred_out_dir: str | Path | None = None,
    ) -> Iterator[dict]:
        """Estimate the poses of all faces.

        What can't be read is logged, noted in `failures` and left out.

        Args:
            inputs: A file, a folder (its images and videos), a glob, a video, `webcam:0`
                or an array (H, W, 3) BGR uint8, or a list of those.
            return_datasamples: Return data samples in place of records.
            batch_size: Images whose faces go through the network together.
            as_video: The images are the frames of one video.
            detect_every: In a video, detect faces in every so-many-th frame; their
                boxes stay where they are in the frames between.
            smooth: In a video, smooth each face's rotation (1€ filter); or a function that
                makes the smoother of a video from its name.
            draw: `axes`, `cube` or `structure` (the paper's Fig. 5).
            return_vis: Return the pictures.
            show: Show the pictures in a window; q or Escape interrupts.
            wait_time: How long an image is shown, in seconds; 0: until a key is pressed.
            vis_out_dir: Write the pictures there: images, and a video for a video.
            pred_out_dir: Write `predictions.jsonl` there, a record a line.

        Yields:
            One dict for each `batch_size` images (the last may have fewer).
            `predictions`: for each image the list of its faces, as records
            (docs/en/inference.md) or data samples with `pred_pose`. `visualization`:
            for each image its picture (H, W, 3) RGB, or nothing without `return_vis`.

        Raises:
            ValueError: If an argument has no such value.
            OSError: If nothing at all could be read, or if results can't be written.
        """
        for name, value in (('batch_size', batch_size), ('detect_every', detect_every)):
            if value < 1:
                raise ValueError(f'{name} must be at least 1, got {value}')
        if draw == 'structure' and self.torch_model is None:
            raise ValueError("draw='structure' needs a checkpoint as weights")
        if draw != self.visualizer.draw:
            self.visualizer = HeadPoseVisualizer(draw=draw)
        self.failures = []
        items = expand(inputs)
        nothing_read = True
        with ExitStack() as files:
            records = pictures = None
            if pred_out_dir:
                path = Path(pred_out_dir) / PREDICTIONS
                records = files.enter_context(RecordWriter(path))
            if vis_out_dir:
                pictures = files.enter_context(PictureWriter(vis_out_dir, items))
            for stream in open_streams(items, as_video):
                smoother = None
                if smooth and stream.is_video:
                    smoother = (
                        smooth(stream.name) if callable(smooth) else PoseSmoother()
                    )
                for batch in self.preprocess(stream, batch_size, detect_every):
                    nothing_read = False
                    self.forward(batch, smoother)
                    visualization = []
                    if return_vis or show or pictures:
                        seconds = 0.001 if stream.is_video else wait_time
                        window = stream.name if stream.is_video else None
                        visualization = self.visualize(batch, show, seconds, window)
                    if pictures:
                        for (frame, _), picture in zip(
                            batch, visualization, strict=True
                        ):
                            pictures.write(stream, frame, picture)
                    yield self.postprocess(
                        batch,
                        visualization if return_vis else [],
                        return_datasamples,
                        records,
                    )
                self.failures += stream.problems
            problems = [f'{name}: {reason}' for name, reason in self.failures]
            if nothing_read and problems:
                raise OSError(f'nothing could be read: {"; ".join(problems[:5])}')
        for problem in problems:
            logging.getLogger(__name__).error(problem)

    def preprocess(
        self, stream: Stream, batch_size: int = 1, detect_every: int = 1
    ) -> Iterator[Batch]:
        """Find and crop the faces of a stream's images."""
        if self.show_progress:
            total = len(stream) if isinstance(stream, Sized) else None
            console = Console(stderr=True)
            stream = track(stream, stream.name, total, console=console, transient=True)
        yield from self._get_chunk_data(self._faces(stream, detect_every), batch_size)

    def _faces(self, frames: Iterable[Frame], detect_every: int) -> Iterator:
        follower = FaceFollower(self.detector, detect_every)
        for frame in frames:
            if frame.index is None:
                found, ids = self.detector(frame.image), None
            else:
                found, ids = follower(frame.image)
            face_boxes = self.detector.box_rule(found.boxes)
            faces = []
            for i, face_box in enumerate(face_boxes):
                try:
                    crop, crop_box = self.pipeline(frame.image, face_box)
                except ValueError:  # the box has no pixel in the image
                    continue
                meta = dict(
                    img_path=frame.name,
                    frame=frame.index,
                    time=frame.time,
                    track_id=ids and ids[i],
                    box=found.boxes[i],
                    score=float(found.scores[i]),
                    landmarks=None if found.landmarks is None else found.landmarks[i],
                    face_box=face_box,
                    crop_box=crop_box,
                )
                faces.append(HeadPoseDataSample(metainfo=meta, crop=crop))
            yield frame, faces

    def forward(self, batch: Batch, smoother: PoseSmoother | None = None) -> None:
        """Put `pred_pose` into the faces of a batch; `structure`, if it is drawn."""
        faces = [face for _, faces in batch for face in faces]
        if not faces:
            return
        crops = np.stack([face.crop for face in faces])
        for face, pose in zip(faces, self.model.estimate(crops), strict=True):
            face.pred_pose = pose
            if smoother:
                face.pred_pose = smoother(face.time, face.track_id, pose)
        if self.visualizer.draw == 'structure':
            maps = structure_maps(self.torch_model, crops)
            for face, structure in zip(faces, maps, strict=True):
                face.structure = structure

    def visualize(
        self,
        batch: Batch,
        show: bool = False,
        wait_time: float = 0,
        window: str | None = None,
    ) -> list[np.ndarray]:
        """The pictures of a batch, RGB; shown each in its own window, or all in one."""
        return [
            self.visualizer.add_datasample(
                window or frame.name,
                cv2.cvtColor(frame.image, cv2.COLOR_BGR2RGB),
                faces,
                show=show,
                wait_time=wait_time,
            )
            for frame, faces in batch
        ]

    def postprocess(
        self,
        batch: Batch,
        visualization: list[np.ndarray],
        return_datasamples: bool = False,
        records: RecordWriter | None = None,
    ) -> dict:
        """The results of a batch, as :meth:`__call__` yields them."""
        predictions = [faces for _, faces in batch]
        if records or not return_datasamples:
            as_records = [
                [face_record(f, self.model_name, self.weights_sha256) for f in faces]
                for faces in predictions
            ]
            for record in chain.from_iterable(as_records if records else []):
                records.write(record)
            predictions = predictions if return_datasamples else as_records
        return dict(predictions=predictions, visualization=visualization)

    def _load_model_from_metafile(self, model: str) -> tuple[Config, Path | None]:
        return zoo.find_model(model, self.license)

    def _init_model(
        self,
        cfg: Config,
        weights: str | Path | None,
        device: str,  # noqa: ARG002 (mmengine's choice, of torch only)
    ) -> Backend:
        self.model_name = Path(getattr(cfg, 'filename', None) or 'model').stem
        if weights is None:
            raise ValueError(
                f'mmfsa brings no weights of {self.model_name}: give its checkpoint '
                '(.pth) or an export (.onnx) as weights'
            )
        if self.flip_test:
            cfg.model.test_cfg = dict(flip_test=True)
        network, self.torch_model = load_network(
            cfg, weights, self.backend, self.device
        )
        if network.card:
            self.model_name = network.card.config
        self.weights_sha256 = sha256(weights)
        return network

    def _init_pipeline(self, cfg: Config) -> FaceCropper:
        return FaceCropper(cfg, self.detector.crop)

    def _init_collate(self, cfg: Config) -> None:
        """Nothing is collated by mmengine: `forward` gathers the faces itself."""

    def _init_visualizer(self, cfg: Config) -> HeadPoseVisualizer:  # noqa: ARG002
        return HeadPoseVisualizer()
