"""The visualizer: what it draws, shows, writes and hands to backends."""

import cv2
import numpy as np
import pytest

from mmfsa.registry import VISUALIZERS
from mmfsa.structures import HeadPoseDataSample
from mmfsa.visualization import (
    HeadPoseVisualizer,
    write_image,
)

POSE = np.array([30, 10, 5], dtype=np.float32)


def face(**fields):
    box = np.array([100, 50, 200, 170])
    meta = dict(box=box, track_id=3)
    return HeadPoseDataSample(pred_pose=POSE, metainfo=meta, **fields)


def grey(height=240, width=320):
    return np.full((height, width, 3), 90, np.uint8)


def test_draws_rgb_at_the_faces_box():
    image = grey()
    picture = HeadPoseVisualizer().add_datasample('name', image, [face()])
    assert (image == 90).all()
    y, x = np.where((picture != 90).any(axis=2))
    assert x.min() > 60 and x.max() < 320 and y.min() > 20 and y.max() < 200
    blue = np.argwhere((picture == [0, 0, 255]).all(axis=2))
    assert (blue[:, 1] < 152).all()  # yaw > 0 faces the image's left


def test_a_crop_is_drawn_as_a_whole_and_enlarged():
    sample = HeadPoseDataSample(gt_pose=POSE)
    visualizer = HeadPoseVisualizer()
    picture = visualizer.add_datasample('crop', grey(64, 64), sample)
    assert picture.shape == (192, 192, 3) and (picture != 90).any()
    hidden = visualizer.add_datasample('crop', grey(64, 64), sample, draw_gt=False)
    assert (hidden != picture).any()


def test_structure_is_a_strip_for_each_face():
    maps = np.random.default_rng(0).random((3, 5, 192), dtype=np.float32)
    faces = [face(structure=maps, crop=grey(64, 64)) for _ in range(2)]
    visualizer = HeadPoseVisualizer(draw='structure')
    picture = visualizer.add_datasample('name', grey(), faces)
    assert picture.shape == (2 * 3 * 96 + 28, (3 + 3 * 5) * 96 + 3 * 6, 3)
    none = visualizer.add_datasample('name', grey(), [])
    assert none.shape == grey().shape


def test_backends_get_the_picture(tmp_path):
    visualizer = VISUALIZERS.build(
        dict(
            type='HeadPoseVisualizer',
            name='to_disk',
            draw='cube',
            vis_backends=[dict(type='LocalVisBackend')],
            save_dir=str(tmp_path),
        )
    )
    picture = visualizer.add_datasample('a', grey(), face(), step=7)
    (written,) = tmp_path.rglob('a_7.png')
    assert (cv2.imread(str(written))[..., ::-1] == picture).all()


def test_out_file(tmp_path):
    path = tmp_path / 'new' / 'ümlaut.png'
    picture = HeadPoseVisualizer().add_datasample('a', grey(), face(), out_file=path)
    image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    assert (image[..., ::-1] == picture).all()


def test_what_can_not_be_drawn_or_written(tmp_path):
    with pytest.raises(ValueError, match='axes, cube, structure'):
        HeadPoseVisualizer(draw='nose')
    with pytest.raises(ValueError, match=r'a\.txt: OpenCV writes no such image'):
        write_image(grey(), tmp_path / 'a.txt')


def test_showing_without_a_display(monkeypatch):
    monkeypatch.setattr('sys.platform', 'linux')
    for name in ('DISPLAY', 'WAYLAND_DISPLAY'):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(OSError, match='no display'):
        HeadPoseVisualizer().add_datasample('a', grey(), [], show=True)


@pytest.mark.parametrize('key', [27, ord('q'), ord('x')])
def test_keys_end_a_show(monkeypatch, key):
    shown = []
    monkeypatch.setenv('DISPLAY', ':0')
    monkeypatch.setattr(cv2, 'imshow', lambda name, img: shown.append((name, img)))
    monkeypatch.setattr(cv2, 'waitKey', lambda _: key)
    visualizer = HeadPoseVisualizer()
    image = grey()
    image[...] = 1, 2, 3  # RGB
    if key == ord('x'):
        visualizer.add_datasample('a', image, [], show=True)
    else:
        with pytest.raises(KeyboardInterrupt):
            visualizer.add_datasample('a', image, [], show=True)
    ((name, img),) = shown
    assert name == 'a' and img[0, 0].tolist() == [3, 2, 1]
