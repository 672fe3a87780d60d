"""A process that follows a face for hours needs no more than it did at the start."""

import os
import sys
from pathlib import Path
from time import thread_time

import cv2
import numpy as np
import pytest

from mmfsa.apis import HeadPosePredictor
from mmfsa.apis.inferencer import records_of, samples_of
from mmfsa.structures import Frame
from mmfsa.synth.renderer import HeadRenderer
from mmfsa.tracking import FaceFollower, PoseSmoother

FRAMES, WARM_UP, PART = 20_000, 1_000, 2_000
FPS = 30


def resident():
    """Megabytes of this process that are in memory."""
    pages = int(Path('/proc/self/statm').read_text().split()[1])
    return pages * os.sysconf('SC_PAGE_SIZE') / 2**20


def held():
    return dict(
        threads=len(os.listdir('/proc/self/task')),  # noqa: PTH208
        files=len(os.listdir('/proc/self/fd')),  # noqa: PTH208
        megabytes=resident(),
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != 'linux', reason='the numbers are in /proc')
def test_twenty_thousand_frames(capsys):
    head = HeadRenderer(image_size=128)(seed=3, subject=1, index=0, pose=[10, 0, 0])
    frame = np.full((480, 640, 3), 128, np.uint8)
    frame[80:400, 160:480] = cv2.resize(head.image, (320, 320))
    views = [np.roll(frame, shift, axis=1) for shift in (0, 4, 9, 13, 9, 4)]
    try:
        predictor = HeadPosePredictor(
            'nano', detector='blazeface', backend='onnxruntime', threads=1
        )
    except ImportError as error:
        pytest.skip(str(error))
    follow = FaceFollower(predictor.detector, follow=True)
    smooth, spent, before = PoseSmoother(), [], None
    for index in range(FRAMES):
        start = thread_time()
        one = Frame(views[index % len(views)], 'film', index, index / FPS)
        faces = follow(one.image)
        (poses,) = predictor.predict_batch([one], [faces])
        records = records_of(samples_of(one, faces, poses, smooth), predictor.method)
        spent.append(thread_time() - start)
        assert len(records) == 1 and records[0]['track_id'] == 1
        if index == WARM_UP:
            before = held()
    after = held()
    first = np.median(spent[WARM_UP : WARM_UP + PART])
    last = np.median(spent[-PART:])
    with capsys.disabled():
        sys.stdout.write(
            f'\n{before} {after} {1e3 * first:.3f} ms {1e3 * last:.3f} ms\n'
        )
    assert after['threads'] == before['threads']
    assert after['files'] == before['files']
    assert after['megabytes'] < before['megabytes'] + 10
    assert last < 1.05 * first
