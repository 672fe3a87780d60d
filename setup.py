"""Ships configs, tools, demo and model-index.yml as `mmfsa/.mim`, where OpenMMLab looks.

Everything else is in pyproject.toml.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = ('configs', 'tools', 'demo', 'model-index.yml')
ROOT = Path(__file__).resolve().parent


class BuildWithMim(build_py):
    def run(self):
        super().run()
        if self.editable_mode:
            self.fill_mim(ROOT / 'mmfsa' / '.mim', lambda src, dst: dst.symlink_to(src))
        else:
            self.fill_mim(Path(self.build_lib) / 'mmfsa' / '.mim', copy)

    def fill_mim(self, mim, place):
        shutil.rmtree(mim, ignore_errors=True)
        mim.mkdir(parents=True)
        for name in SHIPPED:
            place(ROOT / name, mim / name)


def copy(src, dst):
    if src.is_dir():
        shutil.copytree(
            src, dst, ignore=shutil.ignore_patterns('__pycache__', 'node_modules')
        )
    else:
        shutil.copyfile(src, dst)


setup(cmdclass={'build_py': BuildWithMim})
