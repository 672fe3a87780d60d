"""From a name to a face detector."""

import inspect
from collections.abc import Collection

from mmfsa.registry import DETECTORS
from mmfsa.utils.packages import has_package

from .base import BaseDetector
from .centerface import FILE
from .wheel_file import wheel_file

TORCH_DEVICES = 'cpu', 'cuda'
# The detector for faces near a camera, farther away, and of every size.
FACES = dict(near='blazeface', far='blazeface-full', all='centerface')


def build_detector(
    detector: str | dict | BaseDetector,
    device: str | None = None,
    threads: int | None = None,
) -> BaseDetector:
    """Build a face detector.

    Args:
        detector: Which faces matter: `near`, `far` or `all` (see :data:`FACES`); where
            CenterFace is not installed, MTCNN takes its place for `all`. A name:
            `blazeface`, `blazeface-full`, `centerface`, `mtcnn` or `none` (the image is
            the face); a name with its model: `yunet:MODEL.onnx`,
            `openseeface:MODEL.onnx`, `opentrack-localizer:MODEL.onnx`,
            `opnet_localizer:MODEL.pth`, `mmdet:CONFIG_OR_NAME`; a config such as
            `dict(type='mtcnn', min_face_size=40)`; or a detector, which is returned.
        device: Where a detector runs that has a choice, such as `cuda` or `cpu`; a
            detector's config may say something else. Names of devices that only one
            backend knows, such as OpenVINO's `GPU`, are for the network alone.
        threads: CPU threads of a detector that has a choice; a detector's config may say
            something else. OpenCV has one number for all (`cv2.setNumThreads`).

    Raises:
        ValueError: If the name is unknown, if a model must be named and is not, or if a
            model is named and must not be.
        FileNotFoundError: If the model's file is missing.
        ImportError: If a package that the detector needs is not installed.
    """
    if isinstance(detector, BaseDetector):
        return detector
    if isinstance(detector, str):
        detector = named_detector(detector)
    takes = _takes(detector['type'])
    if 'model' in detector and 'model' not in takes:
        raise ValueError(
            f'{detector["type"]} brings its model, and takes no {detector["model"]}'
        )
    given = {} if threads is None else dict(threads=threads)
    if device and device.partition(':')[0] in TORCH_DEVICES:
        given['device'] = device
    taken = {key: value for key, value in given.items() if key in takes}
    return DETECTORS.build(taken | detector)


def named_detector(
    name: str, threshold: float | None = None, size: int | None = None
) -> dict:
    """The config of a detector that a name stands for.

    Args:
        name: A name, see :func:`build_detector`.
        threshold: The lowest score of a face, in place of the detector's own.
        size: Longest side in pixels; larger images are scaled down to it before they are
            searched. Larger is slower, and finds smaller faces.

    Raises:
        ValueError: If there is no such detector, or it has no such setting.
    """
    name, _, model = name.partition(':')
    name = _for_all() if name == 'all' else FACES.get(name, name)
    config = dict(type=name, **({'model': model} if model else {}))
    for key, value in dict(threshold=threshold, size=size).items():
        if value is None:
            continue
        takes = _takes(name)
        option = f'max_{key}' if f'max_{key}' in takes else key
        if option not in takes:
            raise ValueError(f'the detector {name} has no {key} to set')
        config[option] = value
    return config


def _takes(kind: str) -> Collection[str]:
    """The settings that detectors of a kind have.

    Raises:
        ValueError: There is no such kind.
    """
    known = DETECTORS.module_dict
    if kind not in known:
        raise ValueError(
            f'there is no face detector {kind!r}: {", ".join(sorted(known))}'
        )
    return inspect.signature(known[kind]).parameters


def _for_all() -> str:
    """The detector for faces of every size, of those that are installed."""
    try:
        wheel_file(*FILE)
    except (ImportError, FileNotFoundError):
        return 'mtcnn'
    return FACES['all'] if has_package('onnx') else 'mtcnn'
