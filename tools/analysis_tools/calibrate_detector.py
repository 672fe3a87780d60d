"""Measure a face detector's box rule, and what its boxes cost a model.

    python tools/analysis_tools/calibrate_detector.py centerface \\
        --data-root data/aflw2000 --weights fusion.pth

A box rule takes a detector's box to the box of the landmarks, around which the networks
were trained. The constants in mmfsa/detection are the medians that this prints as
`measured`, over the faces that are found. The errors in degrees are those with the rule
`in use`, of the faces with |angle| ≤ 99.
"""

import argparse
from pathlib import Path

import numpy as np
from _faces import load_weights_network
from rich.console import Console
from rich.progress import track

from mmfsa.apis.crop import FaceCropper
from mmfsa.apis.streams import read_image
from mmfsa.datasets import HeadPoseDataset
from mmfsa.detection import BaseDetector, BoxRule, build_detector
from mmfsa.detection.boxes import box_iou
from mmfsa.evaluation import pose_errors
from mmfsa.evaluation.tables import format_table
from mmfsa.utils.cli import clear_errors

SAME_FACE = 0.3  # least IoU with the landmarks' box


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('detector', help='centerface, mtcnn, yunet:MODEL.onnx, …')
    parser.add_argument(
        '--data-root', required=True, metavar='DIR', help='with boxes of landmarks'
    )
    parser.add_argument('--weights', type=Path, required=True)
    args = parser.parse_args()

    detector = build_detector(args.detector)
    cfg, network = load_weights_network(args.weights)
    crop = FaceCropper(cfg, {})
    data = HeadPoseDataset(
        data_root=args.data_root, filter_cfg=dict(max_angle=99), test_mode=True
    )
    faces = [data.get_data_info(i) for i in range(len(data))]
    images = [read_image(face['img_path']) for face in faces]
    poses = np.array([face['gt_pose'] for face in faces])
    landmarks = np.array([face['face_box'] for face in faces], dtype=float)
    boxes = np.array(
        [
            find(detector, image, target)
            for image, target in track(
                [*zip(images, landmarks, strict=True)], 'Detecting'
            )
        ]
    )
    found = np.isfinite(boxes).all(axis=1)

    def row(name: str, boxes: np.ndarray, chosen: np.ndarray) -> list[str]:
        crops = [crop(images[i], boxes[i])[0] for i in np.flatnonzero(chosen)]
        errors = pose_errors(network.estimate(np.stack(crops)), poses[chosen])
        numbers = [f'{errors[k]:.3f}' for k in ('yaw', 'pitch', 'roll', 'MAE')]
        return [name, str(chosen.sum()), *numbers]

    everything = np.ones_like(found)
    table = format_table(
        ['boxes', 'faces', 'yaw', 'pitch', 'roll', 'MAE'],
        [
            row('landmarks', landmarks, everything),
            row('landmarks, of the faces found', landmarks, found),
            row(args.detector, detector.box_rule(boxes), found),
        ],
    )
    console = Console(soft_wrap=True)
    console.print(f'found {found.sum()} of {len(found)} faces')
    console.print(f'measured: {measure(boxes[found], landmarks[found])}')
    console.print(f'in use:   {detector.box_rule}')
    console.print(table)


def find(detector: BaseDetector, image: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The detector's box (4,) of the labelled face; NaN if it does not find it."""
    boxes = detector(image).boxes.astype(float)
    overlap = box_iou(boxes, target[None])[:, 0]
    if overlap.max(initial=0) < SAME_FACE:
        return np.full(4, np.nan)
    return boxes[overlap.argmax()]


def measure(boxes: np.ndarray, landmarks: np.ndarray) -> BoxRule:
    """The medians of (N, 4) boxes and the boxes of the same faces' landmarks."""
    size, target = (b[:, 2:] - b[:, :2] for b in (boxes, landmarks))
    centre, aim = ((b[:, 3] + b[:, 1]) / 2 for b in (boxes, landmarks))
    width, height = np.median(target / size, axis=0)
    down = np.median((aim - centre) / size[:, 1])
    return BoxRule(*(round(float(v), 3) for v in (width, height, down)))


if __name__ == '__main__':
    with clear_errors():
        main()
