import sys

import cv2
import pytest

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
def browse(load_tool, monkeypatch, tmp_path):
    """Browses the data set at tmp_path; returns the contact sheet."""
    tool = load_tool('misc/browse_dataset.py')
    config = tmp_path / 'tiny.py'
    config.write_text(CONFIG.format(name=tmp_path.name))

    def run(*options):
        folders = ['--data-root', str(tmp_path.parent), '--out-dir', str(tmp_path)]
        monkeypatch.setattr(sys, 'argv', ['browse', str(config), *folders, *options])
        tool.main()
        return cv2.imread(str(tmp_path / 'tiny_train.png'))

    return run


@pytest.mark.parametrize(('num', 'shape'), [(3, (160, 480, 3)), (100, (320, 1280, 3))])
def test_contact_sheet(browse, write_index, num, shape):
    write_index()
    sheet = browse('--num', str(num))
    assert sheet.shape == shape
    first = sheet[:160, :160]
    assert (first == (255, 0, 0)).all(axis=2).any()  # an axis


def test_missing_data_is_told(browse, tmp_path):
    with pytest.raises(FileNotFoundError, match=tmp_path.name):
        browse()
