"""What the tests of the landmark finders share: a photo with its face."""

import json

import cv2
import numpy as np
import pytest

from mmfsa.structures import Faces, Frame


@pytest.fixture(scope='session')
def photo(shared, tmp_path_factory, run_tool):
    """A frame of AFLW2000 with its face, by its number among the 500."""
    folder = tmp_path_factory.mktemp('aflw2000')
    run_tool(
        'dataset_converters/aflw2000.py', shared / 'data/AFLW2000', '--out', folder
    )
    entries = json.loads((folder / 'index.json').read_text())['data_list']
    by_name = {entry['img_path'].rpartition('/')[2][:-4]: entry for entry in entries}
    names = np.load(shared / 'reference/rivals/parity/aflw500_dlib_pts.npz')['names']

    def load(number):
        entry = by_name[str(names[number])]
        path = shared / f'data/AFLW2000/{names[number]}.jpg'
        face = Faces(
            [entry['boxes']['landmarks68']],
            'landmarks68',
            landmarks=np.array([entry['landmarks']], np.float32),
        )
        return Frame(cv2.imread(str(path))), face, pose(number)

    def pose(number):
        entry = by_name[str(names[number])]
        return [entry[angle] for angle in ('yaw', 'pitch', 'roll')]

    load.pose = pose
    load.numbers = [i for i, name in enumerate(names) if str(name) in by_name]
    return load
