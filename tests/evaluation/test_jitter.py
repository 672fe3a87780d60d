"""Crops move by pixels of the network, and what a network then says is its jitter."""

import json

import cv2
import numpy as np

from mmfsa.evaluation.jitter import MOVED, PIXELS, SCALED, SCALES, draw, measure
from mmfsa.inputs import InputSpec


class Brightness:
    """A network whose yaw is the mean brightness of a crop."""

    def __init__(self, size):
        self.spec = InputSpec(size, crop=dict(pad=0, square=True))

    def estimate(self, crops):
        poses = np.zeros((len(crops), 3))
        poses[:, 0] = crops.mean(axis=(1, 2, 3)) - 128
        return poses


def test_a_pixel_is_one_of_the_network(ramps):
    jitter = measure({'32': Brightness(32), '64': Brightness(64)}, ramps)
    assert [*jitter] == [MOVED, SCALED]
    for side in (32, 64):
        # 128 pixels of the picture are `side` of the network; two of four ways count.
        step = 128 / side / 2
        expected = [step * pixels for pixels in PIXELS]
        found = jitter[MOVED]['degrees'][str(side)]
        np.testing.assert_allclose(found, expected, atol=0.3)
        # The yaw alone changes.
        angles = jitter[MOVED]['angles'][str(side)]
        np.testing.assert_allclose(angles, np.divide(found, 3), atol=1e-3)
    # About its centre, a wider crop is as bright, but for its ends in whole pixels.
    assert max(jitter[SCALED]['degrees']['64']) < 1.5
    assert jitter[SCALED]['levels'] == [100 * scale for scale in SCALES]
    assert len(draw(jitter).axes) == 2


def test_the_picture_and_its_numbers(run_tool, ramps, tmp_path):
    out = tmp_path / 'out' / 'jitter.png'
    printed = run_tool(
        'analysis_tools/jitter.py',
        *('fsa_caps_1x1.synthetic', '--data-root', ramps, '--out', out),
    )
    assert cv2.imread(str(out)) is not None
    numbers = json.loads(out.with_suffix('.json').read_text())
    one = numbers[MOVED]['degrees']['fsa_caps_1x1.synthetic'][PIXELS.index(1)]
    assert f'fsa_caps_1x1.synthetic: {one:.2f}° per pixel, ' in printed
    assert printed.count('° an angle') == 1
