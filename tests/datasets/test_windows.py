"""Windows of sequences: which frames, which times, and what is refused."""

import json
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from torch.utils.data import DataLoader

from mmfsa.datasets import HeadPoseWindows
from mmfsa.engine.collate import stack_faces

PIPELINE = [
    dict(type='LoadImageFromFile'),
    dict(type='CropFace', more=(-0.2, 0.2)),
    dict(type='MirrorFace'),
    dict(type='PackHeadPoseInputs'),
]


@pytest.fixture
def write(write_faces, tmp_path):
    """Write sequences, name -> times in seconds; of one image whose poses count frames."""
    image = np.random.default_rng(0).integers(0, 256, (80, 80, 3), np.uint8)

    def run(sequences, **changes):
        frames = [
            dict(img_path='face.png', face_box=[30, 30, 50, 50], yaw=number,
                 sequence=name, frame=number, time=time) | changes
            for name, times in sequences.items()
            for number, time in enumerate(times)
        ]  # fmt: skip
        faces = [(image, frame) for frame in frames]
        return str(write_faces(tmp_path, faces, format_version=2).parent)

    return run


def windows(root, **kwargs):
    settings = dict(length=4, pipeline=PIPELINE) | kwargs
    return HeadPoseWindows(data_root=root, **settings)


def frames_of(dataset):
    """Sequence and frame numbers of every window."""
    return [
        (sample.sequence, np.abs(sample.gt_pose[:, 0]).round().astype(int).tolist())
        for sample in (dataset[i]['data_samples'] for i in range(len(dataset)))
    ]


EVEN = np.arange(9) / 30


def test_windows_of_stride_and_length(write):
    root = write(dict(a=EVEN, b=EVEN[:5]))
    assert frames_of(windows(root)) == [
        ('a', [0, 1, 2, 3]),
        ('a', [4, 5, 6, 7]),
        ('b', [0, 1, 2, 3]),
    ]
    assert frames_of(windows(root, stride=3))[1] == ('a', [3, 4, 5, 6])
    sample = windows(root)[1]
    assert sample['inputs'].shape == (4, 3, 64, 64)
    np.testing.assert_allclose(
        sample['data_samples'].elapsed, [0, 1 / 30, 1 / 30, 1 / 30], atol=1e-6
    )


def test_no_window_crosses_a_gap(write):
    """Dropped frames are gaps by their time stamps, whatever their numbers are."""
    times = [0, 0.03, 0.1, 0.15, 1.0, 1.1, 1.2, 1.3]
    assert frames_of(windows(write(dict(a=times)))) == [
        ('a', [0, 1, 2, 3]),
        ('a', [4, 5, 6, 7]),
    ]
    assert len(windows(write(dict(a=times)), stride=1)) == 2
    assert len(windows(write(dict(a=times)), stride=1, max_gap=2.0)) == 5


def test_what_the_filter_leaves_out_is_a_gap(write):
    root = write(dict(a=np.arange(10) / 10))
    kept = windows(root, filter_cfg=dict(max_angle=5), max_gap=0.15)
    assert frames_of(kept) == [('a', [0, 1, 2, 3])]


def test_all_frames_of_a_window_are_augmented_alike(write):
    dataset = windows(write(dict.fromkeys('abcdefgh', EVEN)))
    seen = [dataset[i] for i in range(len(dataset))]
    for sample in seen:
        assert (sample['inputs'] == sample['inputs'][0]).all()
        yaw = sample['data_samples'].gt_pose[1:, 0]
        assert (yaw > 0).all() or (yaw < 0).all()
    assert len({int(s['inputs'][0].long().sum()) for s in seen}) > 4
    dataset.set_epoch(1)
    assert any((dataset[i]['inputs'] != seen[i]['inputs']).any() for i in range(8))


def test_workers_and_order_change_nothing(write):
    dataset = windows(write(dict(a=EVEN, b=EVEN, c=EVEN)))
    alone = [dataset[i]['inputs'] for i in reversed(range(len(dataset)))][::-1]
    loader = DataLoader(dataset, batch_size=2, num_workers=1, collate_fn=stack_faces)
    batches = [batch['inputs'] for batch in loader]
    assert batches[0].shape == (2, 4, 3, 64, 64)
    assert all((a == b).all() for a, b in zip(alone, chain(*batches), strict=True))


def test_a_test_asks_for_the_last_frame(write):
    pipeline = [PIPELINE[0], dict(type='CropFace'), PIPELINE[-1]]
    dataset = windows(write(dict(a=EVEN)), test_mode=True, pipeline=pipeline)
    assert len(dataset) == 6
    assert [dataset[i]['data_samples'].gt_pose[0] for i in range(6)] == [
        3,
        4,
        5,
        6,
        7,
        8,
    ]


def test_numbers_count_where_there_is_no_time(write):
    root = write(dict(a=EVEN))
    path = Path(root) / 'index.json'
    index = json.loads(path.read_text())
    for entry in index['data_list']:
        del entry['time']
    path.write_text(json.dumps(index))
    dataset = windows(root, fps=10)
    np.testing.assert_allclose(dataset[0]['data_samples'].elapsed[1:], 0.1)
    with pytest.raises(
        ValueError, match=r'no 4 frames of a sequence follow each other'
    ):
        len(windows(root, fps=2))


def test_a_random_split_keeps_sequences_whole(write):
    root = write({f's{i}': EVEN for i in range(10)})
    parts = [
        {
            name
            for name, _ in frames_of(windows(root, split=dict(fraction=0.7, part=part)))
        }
        for part in ('train', 'val')
    ]
    assert [len(part) for part in parts] == [7, 3]
    assert not parts[0] & parts[1]


@pytest.mark.parametrize(
    ('sequences', 'changes', 'message'),
    [
        (dict(a=EVEN, b=[0.0]), {}, 'sequence b has one frame'),
        (dict(a=[0, 0.1, 0.05, 0.2]), {}, r'a .*face\.png is no later than the frame'),
        (dict(a=[0, 0.1, 0.1, 0.2]), {}, r'is no later than the frame before it'),
        (dict(a=EVEN), dict(sequence=None), 'sequence None must be a text'),
        (dict(a=EVEN[:3]), {}, 'no 4 frames of a sequence'),
    ],
)
def test_what_is_no_sequence(write, sequences, changes, message):
    with pytest.raises(ValueError, match=message):
        len(windows(write(sequences, **changes)))


def test_settings_that_can_not_be(write):
    with pytest.raises(ValueError, match='length=0'):
        windows(write(dict(a=EVEN)), length=0)
