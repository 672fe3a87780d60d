"""How many faces detectors find by the faces' size, and what a frame costs them.

A crowd is a frame of 640x480 pixels that is tiled with faces of one size. Its faces come
from a data set, so that their boxes are known.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from time import thread_time

import numpy as np

from mmfsa.detection import BaseDetector, build_detector
from mmfsa.detection.boxes import SAME_FACE, box_iou
from mmfsa.inputs import InputSpec, convert_boxes, crop_face
from mmfsa.utils.files import write_json
from mmfsa.utils.progress import track
from mmfsa.utils.threads import opencv_threads

from .faces import own_box, read_faces
from .tables import format_table

FRAME = 640, 480
SIZES = 12, 16, 24, 32, 48, 64, 96, 150  # pixels of a face's longer side
AROUND = 3  # sides of a tile, in sides of its face
GREY = 127
KIND = 'landmarks68'


def compare_detectors(
    detectors: Sequence[str],
    data_root: str | Path,
    sizes: Sequence[int] = SIZES,
    most: int = 500,
    out: str | Path | None = None,
) -> str:
    """Show detectors crowds of faces of each size.

    Args:
        detectors: See :func:`mmfsa.detection.build_detector`.
        data_root: A data set with boxes of 68 landmarks; its faces within ±99° are shown.
        sizes: The longer sides of the faces' boxes, in pixels of the frame.
        most: Shown faces of each size at most, evenly chosen.
        out: Write the numbers to this JSON file.

    Returns:
        A table of the recall at each size, how many boxes a frame lie on no face, and
        the median milliseconds that one CPU thread works for a frame.

    Raises:
        FileNotFoundError: The data set is not there.
        ValueError: There is no such detector.
    """
    built = {name: build_detector(name, threads=1) for name in detectors}
    faces = read_faces(data_root)[0]
    faces = faces[:: -(-len(faces) // most)]
    with opencv_threads(1):
        measured = {
            size: show_crowds(built, crowds(faces, size))
            for size in track(sizes, 'Detecting')
        }
    results = {
        name: dict(
            recall={size: measured[size][name]['recall'] for size in sizes},
            elsewhere=float(np.mean([measured[s][name]['elsewhere'] for s in sizes])),
            milliseconds=float(
                np.median([measured[s][name]['milliseconds'] for s in sizes])
            ),
        )
        for name in built
    }
    if out:
        write_json(dict(faces=len(faces), frame=FRAME, detectors=results), out)
    return detector_table(results)


def detector_table(results: dict[str, dict]) -> str:
    """The table of what :func:`compare_detectors` measured."""
    sizes = next(iter(results.values()))['recall']
    return format_table(
        ['detector', *(f'{size} px' for size in sizes), 'boxes elsewhere', 'ms'],
        [
            [
                name,
                *(f'{100 * recall:.0f} %' for recall in result['recall'].values()),
                f'{result["elsewhere"]:.2f}',
                f'{result["milliseconds"]:.1f}',
            ]
            for name, result in results.items()
        ],
    )


def crowds(faces: Sequence[dict], size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Frames that are tiled with faces of one size.

    Args:
        faces: The faces of :func:`.read_faces`.
        size: The longer side of a face's box in pixels.

    Yields:
        A frame (H, W, 3) BGR uint8 and the boxes (n, 4) of its faces.
    """
    side = AROUND * size
    spec = InputSpec(
        size=side,
        interpolation='area',
        crop=dict(
            box=KIND,
            pad=(AROUND - 1) / 2,
            square=True,
            border='replicate',
            whole='round',
        ),
    )
    columns, rows = (max(length // side, 1) for length in FRAME)
    for start in range(0, len(faces), columns * rows):
        frame = np.full((*FRAME[::-1], 3), GREY, np.uint8)
        boxes = []
        for i, face in enumerate(faces[start : start + columns * rows]):
            left, top = i % columns * side, i // columns * side
            box = own_box(face, spec)
            crop = crop_face(face['img'], box, spec, KIND)
            corners = crop.from_image(np.reshape(box, (2, 2))) * side + [left, top]
            tile = frame[top : top + side, left : left + side]
            tile[:] = crop.image[: tile.shape[0], : tile.shape[1]]
            boxes.append(corners.reshape(4))
        yield frame, np.array(boxes)


def show_crowds(
    detectors: dict[str, BaseDetector], frames: Iterator[tuple[np.ndarray, np.ndarray]]
) -> dict[str, dict]:
    """What each detector finds in frames with known boxes of 68 landmarks.

    Returns:
        For each detector its `recall`, the mean number `elsewhere` of boxes a frame that
        lie on no face, and the median `milliseconds` of a frame.
    """
    found, elsewhere, spent = ({name: [] for name in detectors} for _ in range(3))
    for frame, boxes in frames:
        for name, detect in detectors.items():
            start = thread_time()
            faces = detect(frame)
            spent[name].append(1e3 * (thread_time() - start))
            overlap = box_iou(boxes, convert_boxes(faces.boxes, faces.kind, KIND))
            same = overlap >= SAME_FACE
            found[name].extend(same.any(axis=1))
            elsewhere[name].append((~same.any(axis=0)).sum())
    return {
        name: dict(
            recall=float(np.mean(found[name])),
            elsewhere=float(np.mean(elsewhere[name])),
            milliseconds=float(np.median(spent[name])),
        )
        for name in detectors
    }
