import json

import cv2
import numpy as np
import pytest

NUM_FACES = 10


@pytest.fixture
def write_index(tmp_path):
    """Writes an index of smooth random images, changed by the test; returns its folder."""

    def write(change=None, num=NUM_FACES):
        random = np.random.RandomState(0)
        (tmp_path / 'photos').mkdir(exist_ok=True)
        entries = []
        for i in range(num):
            img = random.randint(0, 256, (12, 15, 3), np.uint8)
            cv2.imwrite(str(tmp_path / f'photos/{i}.png'), cv2.resize(img, (150, 120)))
            yaw, pitch, roll = random.uniform(-90, 90, 3).tolist()
            entries.append(
                dict(
                    img_path=f'{i}.png',
                    face_box=[50 + i, 40, 90, 80 + i],
                    yaw=yaw,
                    pitch=pitch,
                    roll=roll,
                    sequence=f'{i // 2:02d}',
                    frame=i,
                )
            )
        index = dict(
            metainfo=dict(
                dataset='Tiny', img_root='photos', num_found=num, box_source='drawn'
            ),
            data_list=entries,
        )
        if change:
            change(index)
        (tmp_path / 'index.json').write_text(json.dumps(index))
        return tmp_path

    return write
