"""Faces whose crops are cut off at one side."""

import numpy as np
import pytest

from mmfsa.evaluation import borders
from mmfsa.evaluation.borders import BORDERS, cut_off
from mmfsa.inputs import InputSpec


@pytest.mark.parametrize('side', range(4))
@pytest.mark.parametrize(('pad', 'size'), [(0.6, 64), (0.1, 96)])
def test_a_side_of_the_crop_is_missing(side, pad, size):
    face = dict(img=np.zeros((300, 400, 3), np.uint8), face_box=[150, 100, 250, 200])
    image, (x1, y1, x2, y2) = cut_off(
        face, side, 0.2, InputSpec(size, crop=dict(pad=pad))
    )
    width = height = 100 * (1 + 2 * pad)
    rows, columns = image.shape[:2]
    pad *= 100
    beyond = [pad - x1, pad - y1, x2 + pad - columns, y2 + pad - rows]
    assert beyond[side] == pytest.approx(0.2 * (width, height)[side % 2], abs=1)
    assert all(b <= 0 for i, b in enumerate(beyond) if i != side)
    assert (x2 - x1, y2 - y1) == (100, 100)


def test_the_tool(run_tool, write_faces, tmp_path, monkeypatch):
    class Zero:
        spec = InputSpec()

        def estimate(self, crops):
            return np.zeros((len(crops), 3))

    monkeypatch.setattr(borders, 'create_model', lambda *_: Zero())
    face = np.full((90, 90, 3), 9, np.uint8), dict(face_box=[30, 30, 60, 60], yaw=30)
    write_faces(tmp_path, [face])
    printed = run_tool(
        'analysis_tools/compare_borders.py',
        *('--data-root', tmp_path, '--weights', 'network.pth'),
    )
    rows = [line.split('|')[1:-1] for line in printed.splitlines() if '|' in line]
    header, _, *rows = [[cell.strip() for cell in row] for row in rows]
    assert header == ['missing', *BORDERS]
    assert rows == [[share, *['10.00'] * 4] for share in ('10%', '20%', '30%')]
