"""A contact sheet of a data set, by tools/misc/browse_dataset.py."""

from pathlib import Path

import cv2
import numpy as np
import pytest

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
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
OF_A_MODEL = """
_base_ = '{base}'
val_dataloader = dict(dataset=dict(data_root='data/{name}', {settings}))
train_dataloader = val_dataloader
"""


@pytest.fixture
def faces(write_faces, tmp_path):
    """A film of ten faces at a depth of 800 mm, at the place of tmp_path."""
    grey = np.full((80, 80, 3), 20, np.uint8)
    faces = []
    for i in range(10):
        depth = f'{i}_depth.png'
        cv2.imwrite(str(tmp_path / depth), np.full((80, 80), 800, np.uint16))
        film = dict(sequence='film', time=0.1 * i)
        face = dict(depth_path=depth, face_box=[20, 20, 60, 60], yaw=9 * i)
        faces.append((grey * i, face | film))
    write_faces(tmp_path, faces)


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


@pytest.fixture
def browse_model(browse, tmp_path):
    """Browses the data set at tmp_path as a model of the zoo sees it; the sheet."""

    def run(base, *options, settings=''):
        base = (CONFIGS / base).as_posix()
        config = OF_A_MODEL.format(base=base, name=tmp_path.name, settings=settings)
        (tmp_path / 'tiny.py').write_text(config)
        browse('--phase', 'val', '--num', 2, *options)
        return cv2.imread(str(tmp_path / 'tiny_val.png')).astype(int)

    return run


def test_depth_is_grey(browse_model, faces):
    sheet = browse_model('deepheadpose/deepheadpose_depth.py')
    assert sheet.shape == (160, 320, 3)
    assert (sheet[5, [5, 165]] == 128).all()  # the distance of the face


def test_depth_is_beside_colour(browse_model, faces):
    base = 'deepheadpose/deepheadpose_early.py'
    for sheet, start in (
        (browse_model(base), 0),
        (browse_model(base, '--mode', 'concat'), 160),  # behind the face in its photo
    ):
        assert sheet.shape == (320, start + 320, 3)
        np.testing.assert_allclose(sheet[165, start + 5], 180, atol=1)
        assert (sheet[[5, 165], start + 165] == 128).all()


@pytest.mark.parametrize('labels', [4, 1])
def test_a_window_is_a_row_of_its_frames(browse_model, faces, labels):
    window = f'length=4, stride=4, test_mode={labels == 1}'
    sheet = browse_model('video/fsa_caps_1x1_gru.py', settings=window)
    assert sheet.shape == (320, 640, 3)
    frames = sheet[[5, 165]][:, 5::160, 0]
    np.testing.assert_allclose(frames, 20 * np.arange(8).reshape(2, 4), atol=1)
    blue = (sheet[:160] == (255, 0, 0)).all(axis=2)
    assert [blue[:, x : x + 160].any() for x in range(0, 640, 160)] == [
        *[labels == 4] * 3,
        True,
    ]


def test_the_crop_is_that_of_the_network(browse_model, faces, monkeypatch):
    """Also where the frame's network says it, as in networks with a memory."""
    seen = []
    monkeypatch.setattr(
        'mmfsa.visualization.browse.tile',
        lambda data: seen.append(data['inputs'].shape) or np.zeros((160, 160, 3), 'u1'),
    )
    window = "ann_file='index.json', split=None, length=4, stride=4"
    browse_model('vgg16/vgg16_fc_rnn_biwi.py', settings=window)
    assert seen == [(4, 3, 224, 224)] * 2


def test_a_method_without_data_is_reported(browse, tmp_path):
    (tmp_path / 'tiny.py').write_text("method = dict(type='FanelliForest')")
    assert 'tiny.py has no train_dataloader' in browse(fails=True)


def test_missing_data_is_reported(browse, tmp_path):
    assert tmp_path.name in browse(fails=True)
