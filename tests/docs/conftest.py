"""What a page's commands find, and a way to run them without a process each."""

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmfsa.cli import main as mmfsa
from mmfsa.engine import save_checkpoint
from mmfsa.registry import MODELS
from mmfsa.zoo import get_config

ROOT = Path(__file__).resolve().parents[2]
CHECKPOINTS = {
    'fsa_caps_1x1.pth': 'fsa_caps_1x1_p1',
    'fsa_caps_1x1_synth.pth': 'fsa_caps_1x1_synth',
    'fusion.pth': 'fsa_caps_fusion_p1',
}


@pytest.fixture(scope='session')
def renderer(renderer_of):
    return renderer_of(192)


@pytest.fixture(scope='session')
def materials(tmp_path_factory, renderer):
    """What the documentation's commands find: checkpoints, photos, a clip."""
    folder = tmp_path_factory.mktemp('materials')
    for file, name in CHECKPOINTS.items():
        state = MODELS.build(get_config(name).model).state_dict()
        meta = dict(config=f'{name}.py')
        save_checkpoint(dict(state_dict=state, meta=meta), folder / file)

    heads = [renderer(7, 13, 0, pose=[yaw, 0, 0]).image for yaw in (-20, 0, 20)]
    (folder / 'photos').mkdir()
    for i, head in enumerate(heads):
        cv2.imwrite(str(folder / f'photos/{i}.jpg'), head)
    cv2.imwrite(str(folder / 'photo.jpg'), cv2.copyMakeBorder(heads[1], *[64] * 4, 1))
    codec = cv2.VideoWriter_fourcc(*'mp4v')
    clip = cv2.VideoWriter(str(folder / 'clip.mp4'), codec, 25, (192, 192))
    for head in heads:
        clip.write(np.ascontiguousarray(head))
    clip.release()
    return folder


@pytest.fixture
def scratch(materials, tmp_path):
    """A folder that looks like a clone, and may be written to."""
    shutil.copytree(materials, tmp_path, dirs_exist_ok=True)
    ignored = shutil.ignore_patterns('__pycache__')
    shutil.copytree(ROOT / 'configs', tmp_path / 'configs', ignore=ignored)
    for name in ('tools', 'demo', 'projects'):
        if (ROOT / name).is_dir():
            (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


@pytest.fixture
def run_page(run_tool, scratch, monkeypatch):
    """Runs a page in this process, and mmfsa's own commands on it, too.

    A process for each would import torch for seconds. Blocks with more of the shell than
    plain commands go to bash.
    """
    paths = [str(Path(sys.executable).parent), os.environ['PATH']]
    monkeypatch.setenv('PATH', os.pathsep.join(paths))
    bash = subprocess.run

    def run_block(command, **settings):
        if command[0] != 'bash':
            return bash(command, **settings)
        code = command[-1].replace('\\\n', ' ')
        if re.search('[$|;&<>{}*]', code):
            return bash(command, stdin=subprocess.DEVNULL)
        for line in code.splitlines():
            run_command(line)
        return subprocess.CompletedProcess(command, 0)

    def run_command(line):
        words = shlex.split(line, comments=True)
        if words[:1] == ['mmfsa']:
            with redirect_stdout(io.TextIOWrapper(io.BytesIO())):
                assert mmfsa(words[1:]) == 0, words
        elif words[:1] == ['python'] and words[1].startswith('tools/'):
            run_tool(words[1].removeprefix('tools/'), *words[2:], cwd=scratch)
        elif words:
            bash(['bash', '-c', line], check=True, stdin=subprocess.DEVNULL)

    def run(page):
        monkeypatch.setattr(subprocess, 'run', run_block)
        return run_tool('misc/run_docs.py', page, cwd=scratch)

    return run
