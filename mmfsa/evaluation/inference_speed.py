"""Where the time of inference goes: detector, crop, network, drawing.

The largest face of a photo is laid out once, and in a grid, on frames of a camera. Beside
the network stands ResNet-50 in ONNX Runtime, the backbone of Hopenet, on the same crops in
their size and in Hopenet's, 224×224. Then the frames are read as a video, with the detector
in each frame and in every fifth.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import torch

from mmfsa.apis import HeadPoseInferencer
from mmfsa.inputs import CropRule
from mmfsa.structures import Frame
from mmfsa.utils.images import read_image
from mmfsa.visualization.draw_faces import draw_faces

from .tables import format_table

GRID = 5, 4  # columns and rows of faces
AROUND = CropRule(pad=0.8)  # what of the photo is laid out
HOPENET_SIZE = 224
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
    face = largest_face(inferencer, photo)
    frames = [lay_out(face, size, grid) for grid in ((1, 1), GRID)]
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


def largest_face(inferencer: HeadPoseInferencer, photo: Path) -> np.ndarray:
    """The largest face of a photo with what is around it.

    Raises:
        ValueError: If there is no face.
    """
    image = read_image(photo)
    boxes = inferencer.predictor.detector(image).boxes
    if not len(boxes):
        raise ValueError(f'{photo} shows no face')
    largest = np.argmax((boxes[:, 2:] - boxes[:, :2]).prod(axis=1))
    left, top, right, bottom = AROUND.apply(boxes[largest], image.shape[1::-1])
    return image[top:bottom, left:right]


def lay_out(
    face: np.ndarray, size: tuple[int, int], grid: tuple[int, int]
) -> np.ndarray:
    """A frame (width, height) with the face once for each cell (columns, rows)."""
    frame = np.full((size[1], size[0], 3), 128, np.uint8)
    width, height = size[0] // grid[0], size[1] // grid[1]
    scale = min(width / face.shape[1], height / face.shape[0])
    small = cv2.resize(face, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for column in range(grid[0]):
        for row in range(grid[1]):
            cell = frame[row * height :, column * width :]
            cell[: small.shape[0], : small.shape[1]] = small
    return frame


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
    with TemporaryDirectory() as folder:
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
