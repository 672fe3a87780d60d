"""Where the time of inference goes: detector, crop, network, drawing.

The largest face of a photo is laid out once, and in a grid, on frames of a camera. Beside
the network stands ResNet-50 in ONNX Runtime, the backbone of Hopenet, on the same crops in
their size and in Hopenet's, 224×224. Then the frames are read as a video, with the detector
in each frame and in every fifth.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from mmfsa.apis import HeadPoseInferencer, HeadPosePredictor
from mmfsa.detection import BaseDetector
from mmfsa.inputs import CropRule
from mmfsa.structures import Faces, Frame
from mmfsa.tracking import FaceFollower
from mmfsa.utils.files import temporary_folder
from mmfsa.utils.images import read_image
from mmfsa.utils.threads import opencv_threads
from mmfsa.visualization.draw_faces import draw_faces

from .tables import format_table
from .turns import measure, warn_if_loaded

GRID = 5, 4  # columns and rows of faces
NUMBERS = {1: (1, 1), 5: (3, 2), 20: GRID}  # faces of a frame, and their grid
AROUND = CropRule(pad=0.8)  # what of the photo is laid out
HOPENET_SIZE = 224
WHOLE = 'array to poses'
PARTS = 'detector', 'crop', 'network', 'drawing'
SECONDS = 5  # for a part, but at least five calls


def benchmark(
    inferencer: HeadPoseInferencer,
    photo: Path,
    size: tuple[int, int] = (640, 480),
    repeats: int = 100,
) -> Iterator[str]:
    """Time the parts of inference.

    Args:
        inferencer: With a detector, and weights.
        photo: It shows a face.
        size: Width and height of the frames in pixels.
        repeats: Calls of a part, and frames of the video.

    Yields:
        A table of milliseconds, the share of the network, and frames per second.

    Raises:
        ValueError: If the photo shows no face.
    """
    face, _ = largest_face(inferencer.predictor.detector, photo)
    frames = [lay_out(face, size, grid)[0] for grid in ((1, 1), GRID)]
    columns = [parts(inferencer, frame, repeats) for frame in frames]
    rows = [
        [name, *(f'{column[name] * 1e3:.2f}' for column in columns)]
        for name in columns[0]
    ]
    numbers = [len(inferencer.predictor.detector(frame).boxes) for frame in frames]
    yield format_table(['milliseconds', *(f'{n} faces' for n in numbers)], rows)
    one, many = (
        (column['network'], column['network'] / sum(column[part] for part in PARTS))
        for column in columns
    )
    yield (
        f'network, {numbers[1]} faces over {numbers[0]}: {many[0] / one[0]:.1f} times '
        f'as long, {many[1] / one[1]:.1f} times the share of a frame '
        f'({one[1]:.0%} and {many[1]:.0%})'
    )
    for detect_every in (1, 5):
        fps = repeats / video(inferencer, frames[0], repeats, detect_every)
        yield f'detector every {detect_every} frames: {fps:.0f} frames a second'


def time_frames(
    make: Callable[[int], HeadPosePredictor],
    photo: Path,
    size: tuple[int, int] = (640, 480),
    threads: Sequence[int] = (1, 2),
    rounds: int = 50,
    beside: Mapping[str, Callable[[int], HeadPosePredictor]] | None = None,
) -> list[dict]:
    """Time the way from an array to poses, by its parts, for few and many faces.

    The photo's largest face is laid out on frames. The network gets these faces where they
    are known to be, whether the detector finds faces that small or not.

    Args:
        make: Makes a predictor that runs on so many CPU threads.
        photo: It shows a face.
        size: Width and height of the frames in pixels.
        threads: Numbers of CPU threads.
        rounds: How often each part has its turn.
        beside: What makes other predictors, by name: of these the whole way alone.

    Returns:
        The rows of :func:`.turns.measure`, with `threads`: `model` is the
        part, `batch_size` the number of faces.

    Raises:
        ValueError: The photo shows no face.
    """
    warn_if_loaded()
    rows = []
    for number in threads:
        predictor = make(number)
        others = {name: other(number) for name, other in (beside or {}).items()}
        with opencv_threads(number):
            face, found = largest_face(predictor.detector, photo)
            for faces, grid in NUMBERS.items():
                frame, boxes = lay_out(face, size, grid, found.boxes[0], faces)
                known = moved_to(boxes, found)
                runs = frame_parts(predictor, frame, known)
                for name, other in others.items():
                    runs[f'{WHOLE}, {name}'] = whole_way(other, frame, known)
                measured = measure(runs, faces, rounds)
                rows += [dict(row, threads=number) for row in measured]
    return rows


def frame_parts(
    predictor: HeadPosePredictor, image: np.ndarray, faces: Faces
) -> dict[str, Callable[[], object]]:
    """The parts of the way from an image to poses, and the whole way, to be called.

    The whole way is there twice: with a detection, and following faces that are known.

    Args:
        predictor: With a detector.
        image: (H, W, 3) BGR uint8.
        faces: Its faces, as the detector finds faces.
    """
    detect, method = predictor.detector, predictor.method
    frame = Frame(image)
    crops = np.stack([crop.image for crop in method.crops(frame, faces)])

    follower = FaceFollower(Known(faces), detect_every=sys.maxsize, follow=True)

    def following():
        return method.predict(frame, follower(image))

    return {
        'detector': lambda: detect(image),
        'crop': lambda: method.crops(frame, faces),
        'network': lambda: method.estimate(crops),
        WHOLE: whole_way(predictor, image, faces),
        'following to poses': following,
    }


def whole_way(
    predictor: HeadPosePredictor, image: np.ndarray, faces: Faces
) -> Callable[[], object]:
    """A detection, and the poses of the faces that are known, whatever it finds."""

    def whole():
        predictor.detector(image)
        return predictor.method.predict(Frame(image), faces)

    return whole


def moved_to(boxes: np.ndarray, face: Faces) -> Faces:
    """One face, with its landmarks, in other boxes (n, 4)."""
    (box,) = face.boxes
    points = face.landmarks
    if points is not None:
        shares = (points - box[:2]) / (box[2:] - box[:2])
        sides = (boxes[:, 2:] - boxes[:, :2])[:, None]
        points = (boxes[:, None, :2] + shares * sides).astype(np.float32)
    return Faces(boxes, face.kind, landmarks=points)


class Known(BaseDetector):
    """Gives faces that are known."""

    def __init__(self, faces: Faces) -> None:
        self.faces = faces

    def __call__(self, _image: np.ndarray) -> Faces:
        return self.faces


def frames_table(rows: Sequence[dict]) -> str:
    """The milliseconds of :func:`time_frames` as a table: median and 95th percentile."""
    cells, header = {}, {}
    for row in rows:
        faces, threads = row['batch_size'], row['threads']
        column = f'{_count(faces, "face")}, {_count(threads, "thread")}'
        header[column] = None
        cell = '{p50:.2f} / {p95:.2f}'.format(**row)
        cells.setdefault(row['model'], []).append(cell)
    return format_table(
        ['milliseconds, p50 / p95', *header],
        [[part, *values] for part, values in cells.items()],
    )


def _count(number: int, word: str) -> str:
    return f'{number} {word}' if number == 1 else f'{number} {word}s'


def largest_face(detector: BaseDetector, photo: Path) -> tuple[np.ndarray, Faces]:
    """The largest face of a photo with what is around it, and where it is there.

    Raises:
        ValueError: If there is no face.
    """
    image = read_image(photo)
    found = detector(image)
    if not len(found):
        raise ValueError(f'{photo} shows no face')
    largest = np.argmax((found.boxes[:, 2:] - found.boxes[:, :2]).prod(axis=1))
    face = found.take([largest])
    left, top, right, bottom = AROUND.apply(face.boxes[0], image.shape[1::-1])
    there = moved_to(face.boxes - np.float32([left, top, left, top]), face)
    return image[top:bottom, left:right], there


def lay_out(
    face: np.ndarray,
    size: tuple[int, int],
    grid: tuple[int, int],
    box: Sequence[float] = (0, 0, 0, 0),
    most: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """A frame with the face once for each cell.

    Args:
        face: (H, W, 3) uint8.
        size: Width and height of the frame.
        grid: Columns and rows of cells.
        box: The face's box x1, y1, x2, y2.
        most: How many cells get a face; all by default.

    Returns:
        The frame, and the boxes (n, 4) in it.
    """
    frame = np.full((size[1], size[0], 3), 128, np.uint8)
    width, height = size[0] // grid[0], size[1] // grid[1]
    scale = min(width / face.shape[1], height / face.shape[0])
    small = cv2.resize(face, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    boxes = []
    for i in range(grid[0] * grid[1] if most is None else most):
        top, left = i // grid[0] * height, i % grid[0] * width
        cell = frame[top:, left:]
        cell[: small.shape[0], : small.shape[1]] = small
        corner = np.array([left, top] * 2)
        boxes.append(corner + np.multiply(box, scale))
    return frame, np.array(boxes)


def parts(
    inferencer: HeadPoseInferencer, frame: np.ndarray, repeats: int
) -> dict[str, float]:
    """Seconds of each part of the work on a frame."""
    (result,) = inferencer(frame, return_datasamples=True)
    (faces,) = result['predictions']
    method = inferencer.predictor.method
    found, shown = inferencer.predictor.detector(frame), Frame(frame)
    crops = np.stack([face.crop for face in faces])
    work = {
        'detector': lambda: inferencer.predictor.detector(frame),
        'crop': lambda: method.crops(shown, found),
        'network': lambda: method.estimate(crops),
        'drawing': lambda: draw_faces(frame.copy(), faces),
    }
    for size in dict.fromkeys((crops.shape[1], HOPENET_SIZE)):
        larger = np.stack([cv2.resize(crop, (size, size)) for crop in crops])
        work[f'ResNet-50, {size} pixels'] = resnet50(larger)
    return {name: seconds(task, repeats) for name, task in work.items()}


def resnet50(crops: np.ndarray) -> Callable[[], list[np.ndarray]]:
    """What runs ResNet-50 on crops (N, H, W, 3)."""
    import onnxruntime
    from mmcv.cnn import ResNet

    model = ResNet(50, out_indices=(3,))
    model.eval()  # which returns nothing in mmcv
    images = crops.transpose(0, 3, 1, 2).astype(np.float32)
    with temporary_folder() as folder:
        path = Path(folder) / 'resnet50.onnx'
        torch.onnx.export(
            model,
            (torch.from_numpy(images),),
            str(path),
            input_names=['images'],
            dynamo=False,
        )
        session = onnxruntime.InferenceSession(path)
    return lambda: session.run(None, {'images': images})


def seconds(task: Callable[[], object], repeats: int) -> float:
    """Median of the calls after one to warm up; fewer of slow ones."""
    task()
    times = []
    while len(times) < repeats and (len(times) < 5 or sum(times) < SECONDS):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def video(
    inferencer: HeadPoseInferencer, frame: np.ndarray, repeats: int, detect_every: int
) -> float:
    """Seconds for as many frames, smoothed and drawn."""
    start = time.perf_counter()
    for _ in inferencer(
        [frame] * repeats,
        as_video=True,
        detect_every=detect_every,
        smooth=True,
        return_vis=True,
    ):
        pass
    return time.perf_counter() - start
