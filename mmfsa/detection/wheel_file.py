"""Networks that lie in the wheels of other packages."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path


def wheel_file(package: str, path: str) -> Path:
    """A data file of an installed package, which is not imported.

    Raises:
        ImportError: If the package is not installed.
        FileNotFoundError: If its version has no such file.
    """
    try:
        file = Path(distribution(package).locate_file(path))
    except PackageNotFoundError as e:
        raise ImportError(
            f'this face detector uses a file of {package}, which is not installed: '
            "pip install 'mmfsa[detect]'"
        ) from e
    if not file.is_file():
        raise FileNotFoundError(
            f'{package} has no {path}: install the version of mmfsa[detect]'
        )
    return file
