"""A wheel of mmfsa, installed elsewhere, has its configs, tools and models."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import mmengine
import pytest

ROOT = Path(__file__).resolve().parents[1]


def run(*command, cwd):
    # What PYTHONPATH names would come before the installed wheel.
    env = {key: value for key, value in os.environ.items() if key != 'PYTHONPATH'}
    result = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=env)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope='module')
def python(tmp_path_factory):
    """The interpreter of a new environment with the wheel, and this one's packages."""
    folder = tmp_path_factory.mktemp('wheel')
    source = folder / 'source'
    shutil.copytree(
        ROOT,
        source,
        ignore=shutil.ignore_patterns(
            *('.*', 'build', 'data', 'tests', 'work_dirs', '*.egg-info'),
            *('__pycache__', 'node_modules'),
        ),
    )
    run(
        *(sys.executable, '-m', 'pip', 'wheel', '-q', '--no-deps'),
        *('--no-build-isolation', '-w', folder, source),
        cwd=folder,
    )
    (wheel,) = folder.glob('*.whl')

    venv.create(folder / 'venv', with_pip=True)
    python = folder / 'venv/bin/python'
    code = 'import sysconfig; print(sysconfig.get_path("purelib"))'
    site = run(python, '-c', code, cwd=folder)
    packages = Path(mmengine.__file__).parents[1]
    Path(site.strip(), 'packages.pth').write_text(f'{packages}\n')
    run(python, '-m', 'pip', 'install', '-q', '--no-deps', wheel, cwd=folder)
    return python


def test_finds_its_configs(python, tmp_path):
    printed = run(
        python,
        '-W',
        'ignore',
        '-c',
        """
from mmengine import Config
from mmengine.hub import get_config, get_model
import mmfsa
from mmfsa.zoo import get_config as get_experiment

print(mmfsa.__file__)
flat = get_config('mmfsa::_base_/../fsa_caps_1x1_p1.py')
assert flat.to_dict() == get_experiment('fsa_caps_1x1_p1').to_dict()
model = get_model('mmfsa::_base_/models/fsa_caps_wo.py')
print(type(model).__name__)
""",
        cwd=tmp_path,
    )
    file, model = printed.split()[-2:]
    assert Path(file).is_relative_to(python.parents[1])
    assert model == 'HeadPoseEstimator'


def test_brings_tools_and_index(python, tmp_path):
    (mim,) = (python.parents[1] / 'lib').glob('*/site-packages/mmfsa/.mim')
    assert not mim.is_symlink()
    for path in ('model-index.yml', 'configs/metafile.yml', 'demo/image_demo.py'):
        assert (mim / path).is_file(), path
    printed = run(
        python,
        mim / 'tools/misc/print_config.py',
        mim / 'configs/fsa_vlad_var_p2.py',
        cwd=tmp_path,
    )
    assert "type='NetVLADAggregation'" in printed


def test_ships_the_split_lists(python):
    (package,) = (python.parents[1] / 'lib').glob('*/site-packages/mmfsa')
    assert (package / 'datasets/splits/biwi_70_30.json').is_file()
    assert (package / 'landmarks/mediapipe_468.csv').is_file()
