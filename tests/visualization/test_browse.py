"""A contact sheet of a data set, by tools/misc/browse_dataset.py."""

import cv2
import numpy as np
import pytest

from mmfsa.utils.files import write_json

CONFIG = """
train_dataloader = dict(
    dataset=dict(
        type='HeadPoseDataset',
        data_root='data/{name}',
        pipeline=[
            dict(type='LoadImageFromFile'),
            dict(type='CropFace'),
            dict(type='PackHeadPoseInputs'),
        ],
    )
)
"""


@pytest.fixture
def faces(tmp_path):
    """A data set of ten faces, at the place of tmp_path."""
    entries = []
    for i in range(10):
        name = f'{i}.png'
        cv2.imwrite(str(tmp_path / name), np.full((80, 80, 3), 20 * i, np.uint8))
        box = dict(img_path=name, face_box=[20, 20, 60, 60])
        entries.append(box | dict(yaw=9 * i, pitch=0, roll=0))
    metainfo = dict(dataset='faces', box_source='landmarks')
    write_json(dict(metainfo=metainfo, data_list=entries), tmp_path / 'index.json')


@pytest.fixture
def browse(run_tool, tmp_path):
    """Browses the data set at tmp_path."""
    config = tmp_path / 'tiny.py'
    config.write_text(CONFIG.format(name=tmp_path.name))

    def run(*options, fails=False):
        folders = '--data-root', tmp_path.parent, '--out-dir', tmp_path
        return run_tool(
            'misc/browse_dataset.py', config, *folders, *options, fails=fails
        )

    return run


@pytest.mark.parametrize(('num', 'shape'), [(3, (160, 480, 3)), (100, (320, 1280, 3))])
def test_contact_sheet(browse, faces, tmp_path, num, shape):
    out = tmp_path / 'tiny_train.png'
    printed = browse('--num', num)
    assert f'Wrote {out}: {min(num, 10)} of 10 images' in printed
    sheet = cv2.imread(str(out))
    assert sheet.shape == shape
    first = sheet[:160, :160]
    assert (first == (255, 0, 0)).all(axis=2).any()  # an axis


@pytest.mark.parametrize(
    ('mode', 'shape'),
    [
        ('original', (160, 320, 3)),
        ('concat', (320, 320, 3)),
        ('pipeline', (320, 480, 3)),
    ],
)
def test_modes(browse, faces, tmp_path, mode, shape):
    browse('--num', 2, '--mode', mode)
    assert cv2.imread(str(tmp_path / 'tiny_train.png')).shape == shape


def test_missing_data_is_reported(browse, tmp_path):
    assert tmp_path.name in browse(fails=True)
