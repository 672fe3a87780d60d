"""From any source of images to the poses of the faces in them."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, islice
from operator import length_hint
from pathlib import Path

import cv2
import numpy as np

from mmfsa import zoo
from mmfsa.detection import BaseDetector
from mmfsa.methods import Method
from mmfsa.methods.loading import Model, Weights
from mmfsa.sources import (
    PictureWriter,
    RecordWriter,
    Stream,
    expand,
    face_record,
    open_streams,
)
from mmfsa.sources.streams import Image
from mmfsa.structures import Camera, Faces, FaceSample, Frame, Poses
from mmfsa.tracking import FaceFollower, PoseSmoother
from mmfsa.utils.images import ORDERS
from mmfsa.utils.reading import one_line
from mmfsa.utils.threads import OfOneProcess
from mmfsa.visualization.draw_faces import check_draw, draw_faces, show_picture

from .doubts import doubts_of
from .predictor import HeadPosePredictor

Samples = list[FaceSample]
PREDICTIONS = 'predictions.jsonl'
# What of a method's extras has a field of its own in a data sample.
FIELDS = (
    *('crop', 'crop_box', 'landmarks', 'translation'),
    *('relative_to', 'to_ray', 'turned'),
)


class HeadPoseInferencer(OfOneProcess):
    """Poses of all faces in images, folders, videos and before cameras.

    A source gives frames, a predictor finds poses, a smoother calms them, sinks take
    them: records, pictures, videos.

    >>> inferencer = HeadPoseInferencer(weights='fusion.pth')  # doctest: +SKIP
    >>> for result in inferencer('photo.jpg'):  # doctest: +SKIP
    ...     for face in result['predictions'][0]:
    ...         print(face['yaw'], face['pitch'], face['roll'])

    Args:
        model: A name of the zoo (see :meth:`list_models`), an experiment file or its
            config; by default the one that the weights name. Without either, the best of
            the weights that come with mmfsa. Several names joined by `+`: their mean.
        weights: The checkpoint, or a model exported to ONNX (`.onnx`); by default the
            model's, where there are any. See :func:`mmfsa.create_model`.
        detector: The face detector, see :func:`mmfsa.detection.build_detector`.
        backend: One of :data:`mmfsa.deploy.BACKENDS`; by default torch for a checkpoint,
            ONNX Runtime for an ONNX file.
        device: Where the backend runs; a GPU by default, if torch runs and has one.
        show_progress: Draw progress bars on standard error.
        license: Which of mmfsa's own weights are allowed: `free` for weights that may be
            used for anything, or `any`, which are more accurate.
        flip_test: Take the mean of what is seen in a face and in its mirror image: more
            accurate, at twice the cost of the network.
        camera: What took the images: then the poses are relative to the camera, and have
            positions. Without it, methods that fit a head to landmarks take the focal
            length of a photo's EXIF data, where it has one. This and `relative_to`,
            `rectify` are the predictor's, see :class:`HeadPosePredictor`.
        relative_to: `camera` or `ray`.
        rectify: `before` or `after`.
        threads: CPU threads of ONNX Runtime and OpenVINO; their own choice by default.

    Attributes:
        predictor: The :class:`HeadPosePredictor` behind it.
        failures: (name, reason) of what the last call of this thread could not read.

    Raises:
        ValueError: There is no such model, detector or backend, no weights, a license
            beside weights of your own, or a file was exported without the flip test that
            is asked for.
        FileNotFoundError: The weights are not there.
    """

    def __init__(
        self,
        model: Model | Sequence[Model] | None = None,
        weights: Weights | Sequence[Weights] = None,
        detector: str | dict | BaseDetector = 'all',
        backend: str | None = None,
        device: str | None = None,
        show_progress: bool = False,
        license: str = 'any',  # noqa: A002
        flip_test: bool = False,
        camera: Camera | float | str | Path | np.ndarray | None = None,
        relative_to: str = 'camera',
        rectify: str = 'before',
        threads: int | None = None,
    ) -> None:
        self.predictor = HeadPosePredictor(
            model,
            weights,
            detector,
            backend=backend,
            device=device,
            license=license,
            flip_test=flip_test,
            camera=camera,
            relative_to=relative_to,
            rectify=rectify,
            threads=threads,
        )
        self._camera_is_given = camera is not None
        self.show_progress = show_progress
        self._calls = threading.local()

    @property
    def failures(self) -> list[tuple[str, str]]:
        """What this thread's last call could not read."""
        return getattr(self._calls, 'failures', [])

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
        out_dir: str | Path | None = None,
        channel_order: str = 'bgr',
        allow_network: bool = False,
        depth: Image | Sequence[Image] | None = None,
    ) -> Iterator[dict]:
        """Estimate the poses of all faces.

        What can't be read is logged, noted in `failures` and left out.

        Args:
            inputs: A file, a folder (its images and videos), a glob, a video, a camera
                (`webcam:0` or its number), an array (H, W, 3) BGR uint8, a picture of
                Pillow, the bytes of an image file, or a list or a generator of these.
            return_datasamples: Return data samples in place of records.
            batch_size: Images whose faces go through the network together.
            as_video: The images are the frames of one video.
            detect_every: In a video, detect faces in every so-many-th frame; their
                boxes stay where they are in the frames between.
            smooth: In a video, smooth each face's rotation (1€ filter); or a function
                that makes the smoother of a video from its name.
            draw: `axes`, `cube`, `landmarks`, `mesh` (the landmarks that the method, or
                else the detector, finds) or `structure` (the paper's Fig. 5).
            return_vis: Return the pictures.
            show: Show the pictures in a window; q or Escape interrupts.
            wait_time: How long an image is shown, in seconds; 0: until a key is pressed.
            vis_out_dir: Write the pictures there: images, and a video for a video.
            pred_out_dir: Write `predictions.jsonl` there, a record a line.
            out_dir: Write both, to its folders `visualizations` and `predictions`, as
                MMPose does.
            channel_order: The order of an array's colours: `bgr`, as OpenCV reads
                them, or `rgb`.
            allow_network: Read inputs that are addresses, `rtsp://…` or `http(s)://…`.
            depth: The depth maps of the images, one for each, in their order: files of 16
                bits in millimetres, a folder, a glob or arrays (H, W).

        Yields:
            One dict for each `batch_size` images (the last may have fewer).
            `predictions`: for each image the list of its faces, as records
            (docs/en/inference.md) or data samples with `pred_pose`. `visualization`:
            for each image its picture (H, W, 3) RGB, or nothing without `return_vis`.

        Raises:
            ValueError: An argument has no such value.
            OSError: Nothing at all could be read, or results can't be written.
        """
        if out_dir:
            vis_out_dir = vis_out_dir or Path(out_dir) / 'visualizations'
            pred_out_dir = pred_out_dir or Path(out_dir) / 'predictions'
        for name, value in (('batch_size', batch_size), ('detect_every', detect_every)):
            if value < 1:
                raise ValueError(f'{name} must be at least 1, got {value}')
        if (
            check_draw(draw) == 'structure'
            and getattr(self.predictor.method, 'model', None) is None
        ):
            raise ValueError("draw='structure' needs a checkpoint as weights")
        if channel_order not in ORDERS:
            raise ValueError(
                f'channel_order must be one of {ORDERS}, got {channel_order!r}'
            )
        self.check_process()
        failures = self._calls.failures = []
        items = expand(inputs, allow_network)
        depths = None if depth is None else expand(depth)
        nothing_read = True
        with ExitStack() as files:
            records = pictures = None
            if pred_out_dir:
                path = Path(pred_out_dir) / PREDICTIONS
                records = files.enter_context(RecordWriter(path))
            if vis_out_dir:
                pictures = files.enter_context(PictureWriter(vis_out_dir, items))
            for stream in open_streams(
                items, as_video, channel_order, allow_network, depths
            ):
                smoother = None
                if smooth and stream.is_video:
                    smoother = (
                        smooth(stream.name) if callable(smooth) else PoseSmoother()
                    )
                self.predictor.method.reset()
                found = self._find(self._shown(stream), detect_every, stream.problems)
                while batch := list(islice(found, batch_size)):
                    nothing_read = False
                    frames = [frame for frame, _ in batch]
                    faces = self._estimate(batch, smoother, draw)
                    visualization = []
                    if return_vis or show or pictures:
                        visualization = [
                            picture_of(stream, frame, samples, draw, show, wait_time)
                            for frame, samples in zip(frames, faces, strict=True)
                        ]
                    for frame, picture in zip(frames, visualization, strict=False):
                        if pictures:
                            pictures.write(stream, frame, picture)
                    yield dict(
                        predictions=self._results(faces, return_datasamples, records),
                        visualization=visualization if return_vis else [],
                    )
                failures += stream.problems
            problems = [f'{name}: {reason}' for name, reason in failures]
            if nothing_read and problems:
                raise OSError(f'nothing could be read: {"; ".join(problems[:5])}')
        for problem in problems:
            logging.getLogger(__name__).error(problem)

    def _shown(self, stream: Stream) -> Iterable[Frame]:
        """The stream's frames, with a progress bar where one is wanted."""
        if not self.show_progress:
            return stream
        from rich.console import Console
        from rich.progress import track

        total = length_hint(stream) or None
        console = Console(stderr=True)
        return track(stream, stream.name, total, console=console, transient=True)

    def _find(
        self,
        frames: Iterable[Frame],
        detect_every: int,
        problems: list[tuple[str, str]],
    ) -> Iterator[tuple[Frame, Faces]]:
        """The frames with their faces, which have numbers in a video.

        A frame that the detector fails on is a problem, and the others are read.
        """
        follower = FaceFollower(self.predictor.detector, detect_every)
        for frame in frames:
            if self._camera_is_given:  # it counts more than a photo's EXIF data
                frame.camera = None
            try:
                if frame.index is None:
                    faces = self.predictor.find(frame)
                else:
                    faces = follower(frame.image)
            except Exception as error:  # of whatever library runs the detector
                detector = type(self.predictor.detector).__name__
                problems.append((frame.name, f'{detector} fails: {one_line(error)}'))
            else:
                yield frame, faces

    def _estimate(
        self,
        batch: Sequence[tuple[Frame, Faces]],
        smoother: PoseSmoother | None,
        draw: str,
    ) -> list[Samples]:
        """The faces of a batch of frames with their poses."""
        answers = self.predictor.predict_batch(*zip(*batch, strict=True))
        found = [
            samples_of(frame, faces, poses, smoother)
            for (frame, faces), poses in zip(batch, answers, strict=True)
        ]
        if draw == 'structure':
            from mmfsa.models.fsanet.maps import structure_maps

            seen = [s for samples in found for s in samples if s.valid]
            if seen:
                crops = np.stack([sample.crop for sample in seen])
                maps = structure_maps(self.predictor.method.model, crops)
                for sample, structure in zip(seen, maps, strict=True):
                    sample.structure = structure
        return found

    def _results(
        self,
        faces: list[Samples],
        return_datasamples: bool,
        records: RecordWriter | None,
    ) -> list[list]:
        """What a call yields as predictions, after the records are written."""
        if return_datasamples and not records:
            return _data_samples(faces)
        as_records = [records_of(samples, self.predictor.method) for samples in faces]
        for record in chain.from_iterable(as_records if records else []):
            records.write(record)
        return _data_samples(faces) if return_datasamples else as_records


def samples_of(
    frame: Frame, faces: Faces, poses: Poses, smoother: PoseSmoother | None = None
) -> Samples:
    """A sample for each face of a frame, with its pose; smoothed in a video."""
    samples = []
    doubts = doubts_of(frame, faces, poses)
    for i in range(len(faces)):
        meta = dict(
            img_path=frame.name,
            frame=frame.index,
            time=frame.time,
            track_id=None if faces.ids is None else int(faces.ids[i]),
            box=faces.boxes[i],
            score=float(faces.scores[i]),
            landmarks=None if faces.landmarks is None else faces.landmarks[i],
            valid=bool(poses.valid[i]),
            reason=poses.reasons[i],
            doubts=doubts[i],
            camera=_camera_of(frame, poses),
            spread=None if poses.spread is None else poses.spread[i],
        )
        extras = {name: values[i] for name, values in poses.extras.items()}
        # A method that finds landmarks itself knows them better than the detector.
        meta.update((name, extras.pop(name)) for name in FIELDS if name in extras)
        crop = meta.pop('crop', None)
        meta['extras'] = extras
        sample = FaceSample(pred_pose=poses.euler[i].astype(np.float32), **meta)
        if crop is not None:
            sample.crop = crop
        if smoother and sample.valid:
            sample.pred_pose = smoother(frame.time, sample.track_id, sample.pred_pose)
        samples.append(sample)
    return samples


def records_of(samples: Samples, method: Method) -> list[dict]:
    """The records of a frame's faces, whose poses are of this method."""
    return [
        face_record(sample, method.name, method.weights_sha256) for sample in samples
    ]


def _camera_of(frame: Frame, poses: Poses) -> str | None:
    """Which camera a method has used: what was `given`, the photo's `exif`, or none."""
    if 'relative_to' in poses.extras:
        return 'given'
    fitted = 'translation' in poses.extras and frame.camera is not None
    return 'exif' if fitted else None


def _data_samples(faces: list[Samples]) -> list[list]:
    """The faces as mmengine has them."""
    from mmfsa.structures import HeadPoseDataSample

    return [[HeadPoseDataSample.of(face) for face in samples] for samples in faces]


def picture_of(
    stream: Stream,
    frame: Frame,
    faces: Samples,
    draw: str,
    show: bool,
    wait_time: float,
) -> np.ndarray:
    """A frame's picture, RGB; shown in its own window, a video in one for all."""
    picture = draw_faces(frame.image.copy(), faces, draw)
    if show:
        name = stream.name if stream.is_video else frame.name
        name = name.encode(errors='backslashreplace').decode()  # a window has it
        show_picture(picture, name, 0.001 if stream.is_video else wait_time)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
