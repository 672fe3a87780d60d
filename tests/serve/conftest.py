"""Images as files in memory, and services that find one face in each of them."""

import io
import os
import re
import subprocess
import tarfile
import time
import urllib.request
from contextlib import contextmanager

import cv2
import numpy as np
import pytest

from mmfsa import HeadPosePredictor

MODEL = 'fsa_caps_1x1.synthetic'


@pytest.fixture(scope='session')
def image_file():
    """Makes the file of an image of random colours here and there."""

    def make(seed=0, size=(64, 64), suffix='.png'):
        small = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), np.uint8)
        return cv2.imencode(suffix, cv2.resize(small, size))[1].tobytes()

    return make


@pytest.fixture(scope='session')
def write_tar():
    """Writes a tar of files, name -> bytes; returns its path."""

    def write(path, files):
        with tarfile.open(path, 'w') as tar:
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        return path

    return write


@pytest.fixture(scope='session')
def predictor():
    """A predictor for which each image is a face."""
    return HeadPosePredictor(MODEL, device='cpu')


@pytest.fixture
def log(tmp_path):
    """The file that a service writes its log to: nobody has to empty a pipe."""
    return tmp_path / 'log.txt'


@pytest.fixture
def start(mmfsa_command, log):
    """Starts `mmfsa serve` as a process, at a free port."""

    def run(*options):
        options = f'--model={MODEL}', '--device=cpu', '--port=0', *options
        with log.open('w') as file:
            return subprocess.Popen(
                [*mmfsa_command, 'serve', *options],
                stderr=file,
                env=dict(os.environ, OMP_NUM_THREADS='1'),
            )

    return run


@pytest.fixture(scope='session')
def ask():
    """Gets an address, or posts a body to it."""

    def ask(address, body=None):
        with urllib.request.urlopen(address, body, timeout=180) as answer:
            return answer.read().decode()

    return ask


@pytest.fixture
def running(start, ask, log):
    """Runs a service; in the context are the process and its address."""

    @contextmanager
    def run(*options):
        with start(*options) as process:
            try:
                while not (found := re.search(r'http://\S+\n', log.read_text())):
                    assert process.poll() is None
                    time.sleep(0.1)
                address = found[0].strip()
                assert 'ok' in ask(f'{address}/health')
                yield process, address
            finally:
                process.terminate()
                process.wait(60)

    return run
