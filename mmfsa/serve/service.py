"""From the bytes of images to the records of their faces, for many requests at a time."""

import asyncio
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from mmfsa.apis import HeadPosePredictor
from mmfsa.apis.inferencer import records_of, samples_of
from mmfsa.structures import Faces, Frame, Poses
from mmfsa.tracking import FaceFollower, PoseSmoother
from mmfsa.utils.images import decode_image

from .batcher import Batcher
from .limits import Limits
from .metrics import Metrics

FORMATS = 'JPEG', 'PNG', 'WEBP', 'BMP'
Records = list[dict]


class BadImageError(ValueError):
    """An image can't be read, or is larger than the limits allow."""


class BusyError(Exception):
    """The service takes no more work at the moment."""


@dataclass(frozen=True)
class Look:
    """One image whose faces somebody asks for.

    Attributes:
        content: The image's file.
        name: What records call the image.
        find: Finds the faces of the frame; None: the predictor's detector.
        index: Number of the frame in its stream, from 0; None outside of streams.
        time: Time of the frame in its stream, in seconds.
        smoother: Smooths the poses of a stream.
    """

    content: bytes
    name: str
    find: Callable[[Frame], Faces] | None = None
    index: int | None = None
    time: float | None = None
    smoother: PoseSmoother | None = None


class PoseService:
    """Answers looks with records; the looks of many requests go through a network together.

    Args:
        predictor: Finds the faces and their poses.
        limits: What the service refuses.
        metrics: Counts what happens.
    """

    def __init__(
        self, predictor: HeadPosePredictor, limits: Limits, metrics: Metrics
    ) -> None:
        self.predictor = predictor
        self.limits = limits
        self.metrics = metrics
        self._waiting = 0
        self._streams = 0

    async def __aenter__(self) -> 'PoseService':
        self._batcher = await Batcher(self._estimate, self.limits.batch).__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._batcher.__aexit__(*error)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place in the queue.

        Raises:
            BusyError: The queue is full.
        """
        if self._waiting >= self.limits.queue:
            raise BusyError('the queue is full: try again later')
        self._waiting += 1
        self.metrics.waiting.inc()
        try:
            yield
        finally:
            self._waiting -= 1
            self.metrics.waiting.dec()

    @contextmanager
    def stream(self, smooth: bool, detect_every: int) -> Iterator['FrameStream']:
        """A stream of frames, see :class:`FrameStream`.

        Raises:
            BusyError: There are too many streams.
        """
        if self._streams >= self.limits.streams:
            raise BusyError('there are too many streams: try again later')
        self._streams += 1
        self.metrics.streams.inc()
        try:
            yield FrameStream(self, smooth, detect_every)
        finally:
            self._streams -= 1
            self.metrics.streams.dec()

    async def records(self, looks: Sequence[Look]) -> list[Records]:
        """The records of each image's faces, as `mmfsa predict` writes them.

        Raises:
            BadImageError: An image can't be read.
            TimeoutError: It took longer than the limits allow.
        """
        work = asyncio.gather(*map(self._batcher, looks))
        try:
            return await asyncio.wait_for(work, self.limits.timeout)
        except asyncio.TimeoutError as e:  # until Python 3.11 it is no TimeoutError
            raise TimeoutError(
                f'no answer within {self.limits.timeout:g} s: try again later'
            ) from e

    def _estimate(self, looks: list[Look]) -> list[Records | Exception]:
        """The answers of a batch; a look that fails does not take others along."""
        self.metrics.batch.observe(len(looks))
        answers = [None] * len(looks)
        frames, faces, seen = [], [], []
        for i, look in enumerate(looks):
            try:
                image = read_content(look.content, look.name, self.limits)
                frame = Frame(image, look.name, look.index, look.time)
                found = (look.find or self.predictor.find)(frame)
            except Exception as error:
                answers[i] = error
            else:
                frames.append(frame)
                faces.append(found)
                seen.append(i)
        for i, frame, found, poses in zip(
            seen, frames, faces, self._poses(frames, faces), strict=True
        ):
            if isinstance(poses, Exception):
                answers[i] = poses
                continue
            samples = samples_of(frame, found, poses, looks[i].smoother)
            answers[i] = records_of(samples, self.predictor.method)
            self.metrics.faces.inc(len(found))
        self.metrics.images.inc(len(seen))
        return answers

    def _poses(
        self, frames: list[Frame], faces: list[Faces]
    ) -> list[Poses | Exception]:
        """The poses of several frames together; one by one where this fails."""
        if not frames:
            return []
        try:
            return self.predictor.predict_batch(frames, faces)
        except Exception as error:
            if len(frames) == 1:
                return [error]
        return [self._poses([f], [g])[0] for f, g in zip(frames, faces, strict=True)]


class FrameStream:
    """The frames of one client, whose faces have numbers.

    Args:
        service: What answers.
        smooth: Smooth each face's rotation, see :class:`PoseSmoother`.
        detect_every: Detect faces in every so-many-th frame.
    """

    def __init__(self, service: PoseService, smooth: bool, detect_every: int) -> None:
        self._service = service
        follower = FaceFollower(service.predictor.detector, detect_every)
        self._find = lambda frame: follower(frame.image)
        self._smoother = PoseSmoother() if smooth else None

    async def records(
        self, content: bytes, name: str, index: int, time: float
    ) -> Records:
        """The records of the next frame's faces, see :meth:`PoseService.records`."""
        look = Look(content, name, self._find, index, time, self._smoother)
        with self._service.place():
            return (await self._service.records([look]))[0]


def read_content(content: bytes, name: str, limits: Limits) -> np.ndarray:
    """Decode an image after a look at its header.

    Returns:
        (H, W, 3) BGR uint8.

    Raises:
        BadImageError: It is no image of :data:`FORMATS`, it is damaged, or it has too
            many bytes or pixels.
    """
    from PIL import Image

    if len(content) > limits.max_bytes:
        raise BadImageError(f'{name}: more than {limits.max_bytes} bytes')
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as header:
            width, height = header.size
    except Image.DecompressionBombError as e:
        raise BadImageError(f'{name}: more than {limits.max_pixels} pixels') from e
    except Exception as e:  # damaged files raise errors of many types
        raise BadImageError(f'{name}: no image of {", ".join(FORMATS)}') from e
    if width * height > limits.max_pixels:
        raise BadImageError(
            f'{name}: {width}x{height} is more than {limits.max_pixels} pixels'
        )
    try:
        return decode_image(content)
    except ValueError as e:
        raise BadImageError(f'{name}: {e}') from e
