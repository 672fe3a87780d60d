"""From the name of a face detector to the detector."""

import inspect

from mmfsa.registry import DETECTORS

from .base import BaseDetector


def build_detector(detector: str | dict | BaseDetector) -> BaseDetector:
    """Build a face detector.

    Args:
        detector: One of four forms. A name: `centerface`, `mtcnn` or `none` (the image
            is the face). A name with its model: `yunet:MODEL.onnx` or
            `mmdet:CONFIG_OR_NAME`. A config: `dict(type='mtcnn', min_face_size=40)`. A
            detector, which is returned.

    Raises:
        ValueError: If the name is unknown, if a model must be named and is not, or if a
            model is named and must not be.
        FileNotFoundError: If the model's file is missing.
        ImportError: If a package that the detector needs is not installed.
    """
    if isinstance(detector, BaseDetector):
        return detector
    if isinstance(detector, str):
        name, _, model = detector.partition(':')
        detector = dict(type=name, **({'model': model} if model else {}))
    known = DETECTORS.module_dict
    if detector['type'] not in known:
        raise ValueError(
            f'there is no face detector {detector["type"]!r}: {", ".join(sorted(known))}'
        )
    takes = inspect.signature(known[detector['type']]).parameters
    if 'model' in detector and 'model' not in takes:
        raise ValueError(
            f'{detector["type"]} brings its model, and takes no {detector["model"]}'
        )
    return DETECTORS.build(detector)
