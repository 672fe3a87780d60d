import json

import cv2
import numpy as np
import pytest
import torch
from mmengine.optim import OptimWrapper

NUM_FACES = 2


def faces(folder):
    """A few smooth random images with the box of a face, as (name, box)."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    boxes = []
    for i in range(NUM_FACES):
        image = random.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / f'{i}.png'), cv2.resize(image, (120, 120)))
        boxes.append((f'{i}.png', [20 + 5 * i, 20, 90 + 5 * i, 90]))
    return boxes


@pytest.fixture(autouse=True)
def one_thread():
    """On images this small a second thread waits more than it works."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope='session')
def mmpose():
    """mmpose, imported once for all that mixes."""
    pytest.importorskip('mmpose', exc_type=ModuleNotFoundError)
    import mmfsa.utils.mmpose

    return mmfsa.utils.mmpose.mmpose


@pytest.fixture
def train():
    """Take a few steps on a batch; the losses of each, and the parts that have moved."""

    def run(model, batch):
        before = {name: p.clone() for name, p in model.named_parameters()}
        optimizer = OptimWrapper(torch.optim.Adam(model.parameters(), lr=1e-4))
        steps = [model.train_step(batch, optimizer) for _ in range(4)]
        moved = {
            name.split('.')[0]
            for name, p in model.named_parameters()
            if not torch.equal(p, before[name])
        }
        return steps, moved

    return run


@pytest.fixture(scope='session')
def data_root(tmp_path_factory):
    """Small data of the kinds that the mixed configs read: wflw, 300w and 300wlp."""
    root = tmp_path_factory.mktemp('data')
    for name, split, points in (('wflw', 'wflw', 98), ('300w', '300w', 68)):
        landmark_data(root / name, split, points)
    pose_data(root / '300wlp')
    return root


def landmark_data(folder, name, points):
    random = np.random.default_rng(1)
    images, annotations = [], []
    for i, (file_name, box) in enumerate(faces(folder / 'images')):
        images.append(dict(id=i, file_name=file_name, width=120, height=120))
        centre = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]
        keypoints = random.uniform(box[:2], box[2:], (points, 2)).round(1)
        annotations.append(
            dict(
                id=i,
                image_id=i,
                category_id=1,
                iscrowd=0,
                center=centre,
                scale=0.4,
                num_keypoints=points,
                keypoints=np.insert(keypoints, 2, 2, axis=1).flatten().tolist(),
            )
        )
    content = dict(
        images=images,
        annotations=annotations,
        categories=[dict(id=1, name='person')],
    )
    (folder / 'annotations').mkdir()
    for part in ('train', 'test', 'valid'):
        path = folder / f'annotations/face_landmarks_{name}_{part}.json'
        path.write_text(json.dumps(content))


def pose_data(folder):
    angles = np.random.default_rng(2).uniform(-60, 60, (NUM_FACES, 3)).tolist()
    entries = [
        dict(img_path=name, face_box=box, yaw=yaw, pitch=pitch, roll=roll)
        for (name, box), (yaw, pitch, roll) in zip(
            faces(folder / 'photos'), angles, strict=True
        )
    ]
    metainfo = dict(dataset='Tiny', img_root='photos', num_found=NUM_FACES)
    index = dict(metainfo=metainfo, data_list=entries)
    (folder / 'index.json').write_text(json.dumps(index))
