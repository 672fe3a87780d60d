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


@pytest.mark.parametrize(('num', 'rows', 'filled'), [(3, 1, 3), (100, 2, 10)])
def test_contact_sheet(browse, write_index, num, rows, filled):
    write_index()
    sheet = browse('--num', str(num))
    assert sheet.shape == (rows * 160, 8 * 160, 3)
    tiles = sheet.reshape(rows, 160, 8, 160, 3).swapaxes(1, 2).reshape(-1, 160, 160, 3)
    assert [bool(tile.any()) for tile in tiles] == [i < filled for i in range(rows * 8)]
    assert (tiles[0] == (255, 0, 0)).all(axis=2).any()  # an axis


def test_missing_data_is_told(browse, tmp_path):
    with pytest.raises(FileNotFoundError, match=tmp_path.name):
        browse()
