import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT.parent / 'shared'


@pytest.fixture(scope='session')
def shared():
    """The folder of reference data (images, the authors' weights, their outputs)."""
    if not REFERENCE.is_dir():
        pytest.skip(f'reference data are not at {REFERENCE}')
    return REFERENCE


@pytest.fixture(scope='session')
def load_tool():
    """Import a script below `tools/` by its path there."""

    def load(path):
        path = ROOT / 'tools' / path
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(path.parent)  # where Python looks first for a script
            spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def small_disk(tmp_path):
    """Mount a disk of so many kilobytes; skips where that is not permitted."""
    folder = tmp_path / 'disk'

    def mount(kilobytes):
        folder.mkdir()
        command = ['mount', '-t', 'tmpfs', '-o', f'size={kilobytes}k', 'tmpfs', folder]
        if sys.platform != 'linux' or subprocess.run(command).returncode:
            pytest.skip('mounting a small disk is not permitted here')
        return folder

    yield mount
    if folder.is_mount():
        subprocess.run(['umount', '-l', folder], check=True)
