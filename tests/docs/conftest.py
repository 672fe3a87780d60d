import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

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
def renderer():
    pytest.importorskip('numba', reason='rendered heads need numba (mmfsa[synth])')
    from mmfsa.synth.renderer import HeadRenderer

    return HeadRenderer(image_size=192)


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
