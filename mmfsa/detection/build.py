"""From a name to a face detector."""

import inspect

from mmfsa.registry import DETECTORS
from mmfsa.utils.packages import has_package

from .base import BaseDetector
from .centerface import FILE
from .wheel_file import wheel_file

TORCH_DEVICES = 'cpu', 'cuda'


def build_detector(
    detector: str | dict | BaseDetector, device: str | None = None
) -> BaseDetector:
    """Build a face detector.

    Args:
        detector: A name: `centerface`, `mtcnn`, `none` (the image is the face), or
            `default`: CenterFace where its file and the package onnx are installed, and
            else MTCNN, which a plain installation has. A name with its model:
            `yunet:MODEL.onnx`, `opnet_localizer:MODEL.pth`, `mmdet:CONFIG_OR_NAME`; a
            config such as `dict(type='mtcnn', min_face_size=40)`; or a detector, which is
            returned.
        device: Where a detector runs that has a choice, such as `cuda` or `cpu`; a
            detector's config may say something else. Names of devices that only one
            backend knows, such as OpenVINO's `GPU`, are for the network alone.

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
    if detector['type'] == 'default':
        detector = dict(detector, type=_default_name())
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
    known_device = device and device.partition(':')[0] in TORCH_DEVICES
    if known_device and 'device' in takes:
        detector = dict(device=device) | detector
    return DETECTORS.build(detector)


def _default_name() -> str:
    """The name of the face detector that a user gets who names none."""
    try:
        wheel_file(*FILE)
    except (ImportError, FileNotFoundError):
        return 'mtcnn'
    return 'centerface' if has_package('onnx') else 'mtcnn'
