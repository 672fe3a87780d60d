"""The documentation builds without a warning."""

import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / 'docs'


def test_docs_build(tmp_path):
    for package in ('sphinx', 'myst_parser', 'furo'):
        pytest.importorskip(package, reason=f'{package} (mmfsa[docs]) is not installed')
    done = subprocess.run(
        [
            *(
                sys.executable,
                '-W',
                'ignore',
                '-m',
                'sphinx',
                '-q',
                '-W',
                '--keep-going',
            ),
            *('-b', 'html', '-d', tmp_path / 'doctrees', DOCS, tmp_path / 'html'),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / 'html/en/index.html').is_file()
    api = (tmp_path / 'html/en/api.html').read_text()
    for name in ('TwoStreamBackbone', 'HeadPoseInferencer', 'pose_to_matrix'):
        assert name in api
