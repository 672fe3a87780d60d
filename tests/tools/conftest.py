import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope='session')
def tool(tmp_path_factory):
    """Run a script below `tools/`, as a user would; its output where it succeeds."""
    folder = tmp_path_factory.mktemp('cwd')

    def run(path, *arguments, fails=False):
        result = subprocess.run(
            [sys.executable, ROOT / 'tools' / path, *arguments],
            capture_output=True,
            text=True,
            cwd=folder,
            env=dict(os.environ, OMP_NUM_THREADS='1'),
        )
        assert (result.returncode != 0) == fails, result.stderr
        assert not fails or 'Traceback' not in result.stderr
        return result.stderr if fails else result.stdout

    return run


@pytest.fixture(scope='session')
def configs():
    return ROOT / 'configs'
