"""From any source of images to the poses of the faces in them."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, islice
from operator import length_hint
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from mmfsa import zoo
from mmfsa.detection import BaseDetector
from mmfsa.inputs.kinds import AS_THEY_ARE, KINDS
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
from mmfsa.sources.ahead import read_ahead
from mmfsa.sources.behind import WriteBehind
from mmfsa.sources.streams import Image, ImageStream
from mmfsa.structures import Camera, Faces, FaceSample, Frame, Poses
from mmfsa.tracking import FaceFollower, NeutralPose, PoseSmoother
from mmfsa.utils.images import ORDERS
from mmfsa.utils.reading import one_line
from mmfsa.utils.threads import OfOneProcess
from mmfsa.visualization.draw_faces import check_draw, draw_faces, show_picture

from .doubts import doubts_of
from .predictor import HeadPosePredictor

if TYPE_CHECKING:
    from rich.progress import Progress

    from .workers import Workers

Samples = list[FaceSample]
PREDICTIONS = 'predictions.jsonl'
AHEAD = 2  # frames of a video that are read before they are looked at
# What of a method's extras has a field of its own in a data sample.
FIELDS = (
    *('crop', 'crop_box', 'landmarks', 'translation'),
    *('relative_to', 'to_ray', 'turned'),
)
IN_PIXELS = 'box', 'landmarks', 'crop_box'


class How(NamedTuple):
    """How frames are looked at: arguments of an inferencer's call.

    `drawn` is `draw`, or None where no pictures are wanted.
    """

    batch_size: int
    detect_every: int | None
    follow: bool
    draw: str
    drawn: str | None
    channel_order: str
    image_size: int | None


class Seen(NamedTuple):
    """What was seen in a frame."""

    frame: Frame
    samples: Samples
    picture: np.ndarray | None


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
        detect_every: int | None = None,
        smooth: bool | str | Callable[[str], PoseSmoother] = False,
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
        workers: int = 1,
        follow: bool | None = None,
        compact: bool = False,
        neutral: Sequence[float] | float | None = None,
        image_size: int | None = None,
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
                boxes stay where they are in the frames between, or go with the faces
                (`follow`). By default in each frame, with `follow` in every fifth.
            smooth: In a video, smooth each face's rotation; by which smoother, `learned`,
                `kalman` or `one-euro` (True: mmfsa's choice); or a function that makes the
                smoother of a video from its name.
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
            workers: Processes that read images, find faces and see their poses, each on
                one CPU thread. The results are those of one process, in the same order. A
                video has one process with `follow`, where `detect_every` is above 1, where
                the method remembers faces, and before a camera. A script that asks for
                workers needs `if __name__ == '__main__':`.
            follow: In a video, follow the faces with a small network between the frames
                in which faces are detected. Where a face may be lost, or somebody may have
                come, the detector looks at once. By default so, unless the whole image is
                the face (`detector='none'`), or the detector gives boxes of a kind that
                mmfsa does not know.
            compact: Write `predictions.jsonl` without what most users do not need, see
                :func:`mmfsa.sources.compact_record`.
            neutral: The neutral pose that records are relative to: yaw, pitch, roll in
                degrees; or in a video, how many seconds each face looks straight ahead
                when it is first seen. Pictures show what the camera sees.
            image_size: Read a JPEG file at a half, a quarter or an eighth of its sides, as
                long as the longer one keeps so many pixels. That is faster where photos
                are large and faces near. Records are in the file's pixels. Not with
                depth maps or a camera, whose pixels are those of the whole image.

        Yields:
            One dict for each `batch_size` images (the last may have fewer).
            `predictions`: for each image the list of its faces, as records
            (docs/en/inference.md) or data samples with `pred_pose`. `visualization`:
            for each image its picture (H, W, 3) RGB, or nothing without `return_vis`.

        Raises:
            ValueError: An argument has no such value.
            OSError: Nothing at all could be read, results can't be written, or a worker
                was killed.
        """
        if out_dir:
            vis_out_dir = vis_out_dir or Path(out_dir) / 'visualizations'
            pred_out_dir = pred_out_dir or Path(out_dir) / 'predictions'
        for name, value in (
            ('batch_size', batch_size),
            ('detect_every', detect_every),
            ('workers', workers),
            ('image_size', image_size),
        ):
            if value is not None and value < 1:
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
        if image_size and (depth is not None or self._camera_is_given):
            raise ValueError(
                'image_size reads smaller images, and a depth map or a camera is of the '
                'whole image: leave out one of them'
            )
        self.check_process()
        failures = self._calls.failures = []
        if follow is None:
            kind = getattr(self.predictor.detector, 'kind', None)
            follow = kind in {*KINDS} - {*AS_THEY_ARE}
        items = expand(inputs, allow_network)
        depths = None if depth is None else expand(depth)
        nothing_read = True
        with ExitStack() as files:
            records = pictures = pool = None
            if pred_out_dir:
                path = Path(pred_out_dir) / PREDICTIONS
                records = files.enter_context(RecordWriter(path, compact))
            if vis_out_dir:
                pictures = WriteBehind(PictureWriter(vis_out_dir, items))
                files.enter_context(pictures)
            if workers > 1:
                from .workers import Workers

                pool = files.enter_context(Workers(workers, self))
            drawn = draw if return_vis or show or pictures else None
            how = How(
                *(batch_size, detect_every, follow, draw, drawn, channel_order),
                image_size,
            )
            for stream in open_streams(
                items, as_video, channel_order, allow_network, depths, image_size
            ):
                smoother = None
                if smooth and stream.is_video:
                    smoother = (
                        smooth(stream.name)
                        if callable(smooth)
                        else PoseSmoother(smooth)
                    )
                neutral_of = _neutral(neutral, stream)
                self.predictor.method.reset()
                seen = self._see(stream, how, smoother, pool)
                while batch := list(islice(seen, batch_size)):
                    nothing_read = False
                    for frame, faces, picture in batch:
                        for sample in faces if neutral_of else ():
                            if sample.valid:
                                sample.neutral = neutral_of(
                                    sample.time, sample.track_id, sample.pred_pose
                                )
                        if show:
                            show_frame(stream, frame, picture, wait_time)
                        if pictures:
                            own = picture.copy() if return_vis else picture
                            pictures.write(stream, frame, own)
                    faces = [samples for _, samples, _ in batch]
                    yield dict(
                        predictions=self._results(faces, return_datasamples, records),
                        visualization=[p for *_, p in batch] if return_vis else [],
                    )
                failures += stream.problems
            problems = [f'{name}: {reason}' for name, reason in failures]
            if nothing_read and problems:
                raise OSError(f'nothing could be read: {"; ".join(problems[:5])}')
        for problem in problems:
            logging.getLogger(__name__).error(problem)

    def _see(
        self,
        stream: Stream,
        how: How,
        smoother: PoseSmoother | None,
        pool: 'Workers | None',
    ) -> Iterator[Seen]:
        """What is seen in a stream's frames, frame after frame."""
        if isinstance(stream, ImageStream) and not stream.is_video:
            return self._see_images(stream, how, pool)
        frames = read_ahead(stream, AHEAD) if stream.is_stored else stream
        frames = self._shown(frames, stream.name, length_hint(stream))
        seldom = how.follow or (how.detect_every or 1) > 1
        alone = seldom or self.predictor.method.remembers
        if pool is not None and stream.is_stored and not alone:
            found = self._follow_found(frames, stream.problems, how, pool)
            return self._drawn(found, how, smoother)
        follower = FaceFollower(self.predictor.detector, how.detect_every, how.follow)
        return self.see_frames(
            frames, stream.problems, how, smoother, lambda f: follower(f.image)
        )

    def see_frames(
        self,
        frames: Iterable[Frame],
        problems: list[tuple[str, str]],
        how: How,
        smoother: PoseSmoother | None = None,
        find: Callable[[Frame], Faces] | None = None,
    ) -> Iterator[Seen]:
        """What is seen in frames.

        Args:
            frames: The frames.
            problems: What the detector fails on is added.
            how: How to look at them.
            smoother: The smoother of a video.
            find: Finds the faces; by default the predictor's detector does.
        """
        answers = self.poses_of(frames, problems, how.batch_size, find)
        return self._drawn(answers, how, smoother)

    def _see_images(
        self, stream: ImageStream, how: How, pool: 'Workers | None'
    ) -> Iterator[Seen]:
        """What this process, or others, see in images, which they read, too."""
        parts = _parts(stream, how)
        if pool is None:
            read = map(_read_part, parts)
            if stream.is_stored:
                read = read_ahead(read)
            results = ((None, _see_read(self, *part, how)) for part in read)
        else:
            results = pool.map(_see_part, parts)
        num = -(-length_hint(stream) // how.batch_size)
        for _, (seen, problems) in self._shown(results, stream.name, num):
            stream.problems += problems
            yield from seen

    def _follow_found(
        self,
        frames: Iterable[Frame],
        problems: list[tuple[str, str]],
        how: How,
        pool: 'Workers',
    ) -> Iterator[tuple[Frame, Faces, Poses]]:
        """What other processes find in a video's frames, with numbers of the faces."""
        follower = FaceFollower(self.predictor.detector)
        frames = iter(frames)
        batches = iter(lambda: list(islice(frames, how.batch_size)), [])
        for batch, (answers, failed) in pool.map(_find_part, batches):
            problems += failed
            by_index = {frame.index: frame for frame in batch}
            for index, faces, poses in answers:
                frame = by_index[index]
                yield frame, follower.number(frame.image, faces), poses

    def _shown(self, items: Iterable, name: str, total: int) -> Iterable:
        """What is worked on, with a progress bar where one is wanted."""
        if not self.show_progress:
            return items
        from rich.console import Console
        from rich.progress import Progress

        # What is printed meanwhile goes where it should: rich would take it to stderr.
        bar = Progress(
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        return _with_bar(bar, items, total or None, name)

    def poses_of(
        self,
        frames: Iterable[Frame],
        problems: list[tuple[str, str]],
        batch_size: int,
        find: Callable[[Frame], Faces] | None = None,
    ) -> Iterator[tuple[Frame, Faces, Poses]]:
        """The faces of frames and their poses; see :meth:`see_frames`."""
        found = self._find(frames, find or self.predictor.find, problems)
        while batch := list(islice(found, batch_size)):
            answers = self.predictor.predict_batch(*zip(*batch, strict=True))
            for (frame, faces), poses in zip(batch, answers, strict=True):
                yield frame, faces, poses

    def _find(
        self,
        frames: Iterable[Frame],
        find: Callable[[Frame], Faces],
        problems: list[tuple[str, str]],
    ) -> Iterator[tuple[Frame, Faces]]:
        """The frames with their faces, which have numbers in a video.

        A frame that the detector fails on is a problem, and the others are read.
        """
        for frame in frames:
            if self._camera_is_given:  # it counts more than a photo's EXIF data
                frame.camera = None
            try:
                faces = find(frame)
            except Exception as error:  # of whatever library runs the detector
                detector = type(self.predictor.detector).__name__
                problems.append((frame.name, f'{detector} fails: {one_line(error)}'))
            else:
                yield frame, faces

    def _drawn(
        self,
        answers: Iterable[tuple[Frame, Faces, Poses]],
        how: How,
        smoother: PoseSmoother | None,
    ) -> Iterator[Seen]:
        """The samples of frames' faces, and the frames' pictures where they are wanted."""
        for frame, faces, poses in answers:
            samples = samples_of(frame, faces, poses, smoother)
            if how.draw == 'structure':
                self._add_structure(samples)
            picture = (
                None if how.drawn is None else picture_of(frame, samples, how.drawn)
            )
            yield Seen(frame, samples, picture)

    def _add_structure(self, samples: Samples) -> None:
        from mmfsa.models.fsanet.maps import structure_maps

        seen = [sample for sample in samples if sample.valid]
        if seen:
            crops = np.stack([sample.crop for sample in seen])
            maps = structure_maps(self.predictor.method.model, crops)
            for sample, structure in zip(seen, maps, strict=True):
                sample.structure = structure

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


def _with_bar(
    bar: 'Progress', items: Iterable, total: int | None, name: str
) -> Iterator:
    with bar:
        yield from bar.track(items, total=total, description=name)


def _neutral(
    neutral: Sequence[float] | float | None, stream: Stream
) -> Callable[..., np.ndarray] | None:
    """What gives the neutral pose of a stream's face from its time, number and pose."""
    if neutral is None:
        return None
    if np.ndim(neutral):
        given = np.asarray(neutral, dtype=np.float64)
        return lambda *_: given
    if not stream.is_video:
        raise ValueError(
            f'{stream.name}: an image has no first {neutral:g} seconds: give the neutral '
            'pose as yaw, pitch, roll'
        )
    return NeutralPose(neutral)


def samples_of(
    frame: Frame, faces: Faces, poses: Poses, smoother: PoseSmoother | None = None
) -> Samples:
    """A sample for each face of a frame, with its pose; smoothed in a video."""
    samples = []
    doubts = doubts_of(frame, faces, poses)
    for i in range(len(faces)):
        meta = dict(
            img_path=frame.name,
            number=frame.number,
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
        for name in IN_PIXELS if frame.times > 1 else ():
            if meta.get(name) is not None:
                meta[name] = frame.times * np.asarray(meta[name])
        sample = FaceSample(pred_pose=poses.euler[i].astype(np.float32), **meta)
        if crop is not None:
            sample.crop = crop
        if smoother and sample.valid:
            sample.pred_pose = smoother(
                frame.time, sample.track_id, sample.pred_pose, sample.spread
            )
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


def picture_of(frame: Frame, faces: Samples, draw: str) -> np.ndarray:
    """A frame's picture (H, W, 3), RGB uint8."""
    picture = frame.image.copy()
    if frame.times > 1:  # faces are in the pixels of the file
        picture = cv2.resize(picture, None, fx=frame.times, fy=frame.times)
    picture = draw_faces(picture, faces, draw)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


def show_frame(
    stream: Stream, frame: Frame, picture: np.ndarray, wait_time: float
) -> None:
    """Show a frame's picture in its own window, a video in one for all."""
    name = stream.name if stream.is_video else frame.name
    name = name.encode(errors='backslashreplace').decode()  # a window has it
    picture = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    show_picture(picture, name, 0.001 if stream.is_video else wait_time)


def _parts(stream: ImageStream, how: How) -> Iterator[tuple[dict, How]]:
    """A stream's images in parts, for other processes: arguments of their streams."""
    items, start = iter(stream.items), 0
    while part := list(islice(items, how.batch_size)):
        depths = stream.depths and stream.depths[start : start + len(part)]
        yield dict(items=part, depths=depths, start=start), how
        start += len(part)


def _see_part(
    inferencer: HeadPoseInferencer, part: tuple[dict, How]
) -> tuple[list[Seen], list[tuple[str, str]]]:
    """What a process sees in its part of the images, and what it can't read."""
    return _see_read(inferencer, *_read_part(part), part[1])


def _read_part(
    part: tuple[dict, How],
) -> tuple[list[Frame], list[tuple[str, str]]]:
    """The images of a part, and what can't be read."""
    arguments, how = part
    stream = ImageStream(
        channel_order=how.channel_order, image_size=how.image_size, **arguments
    )
    return list(stream), stream.problems


def _see_read(
    inferencer: HeadPoseInferencer,
    frames: list[Frame],
    problems: list[tuple[str, str]],
    how: How,
) -> tuple[list[Seen], list[tuple[str, str]]]:
    """What is seen in the images of a part, and the problems with them."""
    seen = list(inferencer.see_frames(frames, problems, how))
    for one in seen:  # nobody needs the pixels any more
        one.frame.image = None
    return seen, problems


def _find_part(
    inferencer: HeadPoseInferencer, frames: list[Frame]
) -> tuple[list[tuple[int, Faces, Poses]], list[tuple[str, str]]]:
    """What a process finds in a video's frames: their indices, and faces."""
    problems = []
    answers = inferencer.poses_of(frames, problems, len(frames))
    return [(frame.index, *answer) for frame, *answer in answers], problems
