"""The figures of the documentation can be drawn anew."""

import re
from pathlib import Path

import cv2

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
