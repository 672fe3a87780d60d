"""The depth map of an index's entry."""

import cv2
import numpy as np
import pytest

from mmfsa.datasets import HeadPoseDataset

PIPELINE = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadDepthFromFile'),
    dict(type='PackHeadPoseInputs', meta_keys=('depth', 'camera')),
]


@pytest.fixture
def data_set(write_index):
    """Builds the data set of two images with maps of so many pixels."""

    def build(height=120, width=150, key='depth_path'):
        def change(index):
            index['metainfo'].update(format_version=2, box_kind='visible')
            for i, entry in enumerate(index['data_list']):
                entry[key] = f'{i}_depth.png'
                entry['camera'] = dict(fx=500, fy=500, cx=75, cy=60)
                depth = np.full((height, width), 800 + i, np.uint16)
                cv2.imwrite(str(folder / f'photos/{i}_depth.png'), depth)

        folder = write_index()
        write_index(change)
        return HeadPoseDataset(data_root=str(folder), pipeline=PIPELINE)

    return build


def test_the_map_comes_with_the_image(data_set):
    sample = data_set()[1]['data_samples']
    assert sample.depth.shape == (120, 150) and (sample.depth == 801).all()
    assert sample.camera['fx'] == 500


def test_what_does_not_fit_is_named(data_set):
    with pytest.raises(ValueError, match=r'entry 0: .*0_depth\.png: .* 75x60 pixels'):
        data_set(60, 75)[0]
    with pytest.raises(ValueError, match=r'entry 0: .*0\.png: no depth_path'):
        data_set(key='other')[0]
