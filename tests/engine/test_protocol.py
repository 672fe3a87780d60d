"""`--box` and `--pipeline` change what a test set's faces are cut from, and say so."""

import json

import numpy as np
import pytest

from mmfsa.datasets import HeadPoseDataset
from mmfsa.datasets.transforms import DetectFace
from mmfsa.engine.protocol import change_protocol
from mmfsa.inputs import InputSpec

STEPS = [
    dict(type='LoadImageFromFile'),
    dict(type='CropFace'),
    dict(type='PackHeadPoseInputs'),
]
MODELS_OWN = InputSpec(size=32, crop=dict(box='visible', pad=0.1))


def dataset(folder, steps=STEPS, **kwargs):
    return HeadPoseDataset(
        data_root=str(folder), pipeline=steps, test_mode=True, **kwargs
    )


def sample(data):
    """The first sample, after the hook has handed over the model's spec."""
    data.set_inputs(MODELS_OWN)
    packed = data[0]
    assert packed['inputs'].shape == (3, 32, 32)
    return packed['data_samples']


@pytest.fixture
def folder(write_index):
    """A data set with the boxes of AFLW2000; its name is AFLW2000, too."""

    def change(index):
        index['metainfo'] |= dict(
            dataset='AFLW2000', box_kind='visible', box_source='landmarks'
        )
        for entry in index['data_list']:
            x1, y1, x2, y2 = entry['face_box']
            entry['boxes'] = dict(
                pt2d_raw=[-1, y1, x2, 122], landmarks68=[x1 - 5, y1, x2 + 5, y2]
            )

    return write_index(change)


def test_without_options_nothing_changes(folder):
    data = dataset(folder)
    change_protocol(data)
    found = sample(data)
    assert found.crop_box == (46, 36, 94, 84)
    assert 'box_source' not in found  # as the index says


@pytest.mark.parametrize(
    ('options', 'crop_box', 'source'),
    [
        (dict(box='landmarks68'), (40, 36, 100, 84), '68 landmarks'),
        # -1 - 0.4 · 91 to 90 + 0.56 · 91, 40 - 0.4 · 82 to 122 + 0.168 · 82; the middle
        # 128.6 of 178.4 pixels.
        (dict(pipeline='hopenet'), (-12, 7, 116, 135), 'pt2d with the -1'),
        # 34 to 112.4, of which the middle 62.7 pixels; 24 to 86.7.
        (dict(pipeline='hopenet', box='visible'), (41, 24, 104, 86), None),
        (dict(pipeline='sixdrepnet', box='landmarks68'), None, '68 landmarks'),
    ],
)
def test_boxes_and_pipelines(folder, options, crop_box, source):
    data = dataset(folder)
    change_protocol(data, **options)
    found = sample(data)
    rule = 'shorter' if 'pipeline' in options else '0.1 of its size'
    assert rule in found.crop_rule
    if crop_box:
        assert found.crop_box == crop_box
    if source:
        assert found.box_source.startswith(source)
    else:
        assert 'box_source' not in found


def test_a_protocols_own_crop_is_changed_too(folder):
    """As the configs name the crop of BIWI."""
    steps = [STEPS[0], dict(type='CropFace', box='visible', pad=0.4), STEPS[2]]
    data = dataset(folder, steps)
    change_protocol(data, pipeline='hopenet')
    assert '0.56 right' in sample(data).crop_rule


@pytest.mark.parametrize('pipeline', ['own', 'hopenet'])
def test_a_detector_is_put_before_the_crop(folder, pipeline):
    data = dataset(folder)
    change_protocol(data, None, 'detector', pipeline, 'none')
    _, detect, crop, _ = data.pipeline.transforms
    assert isinstance(detect, DetectFace) and detect.detector == 'none'
    assert crop.spec.crop.box == 'visible'
    found = sample(data)
    # The whole image is no box of the labelled face.
    assert not found.detected
    assert found.box_source == 'detector WholeImage'
    assert list(found.boxes) == ['visible', 'pt2d_raw', 'landmarks68']


def test_an_index_without_the_box_must_be_converted_again(write_index):
    def change(index):
        index['metainfo'] |= dict(dataset='AFLW2000', box_kind='visible')

    data = dataset(write_index(change))
    with pytest.raises(ValueError, match=r'pt2d_raw.*convert AFLW2000 again.*aflw2000'):
        change_protocol(data, pipeline='hopenet')


def test_a_data_set_that_the_pipeline_does_not_know(write_index):
    with pytest.raises(ValueError, match='hopenet crops AFLW2000, BIWI, not Tiny'):
        change_protocol(dataset(write_index()), pipeline='hopenet')


def test_faces_that_are_crops_already(tmp_path, folder):
    np.savez(
        tmp_path / 'a.npz',
        image=np.zeros((2, 64, 64, 3), np.uint8),
        pose=np.zeros((2, 3)),
    )
    for data in (
        dataset(tmp_path, ann_file='a.npz'),
        dataset(folder, cache=True),
    ):
        with pytest.raises(ValueError, match=r'change nothing about .*already'):
            change_protocol(data, box='landmarks68')


class TakesFrames:
    box = 'landmarks68'

    def use_box(self, kind):
        self.box = kind


@pytest.mark.parametrize('box', ['visible', 'detector'])
def test_a_method_that_takes_whole_frames(folder, box):
    data, method = dataset(folder, [STEPS[0], STEPS[2]]), TakesFrames()
    with pytest.raises(ValueError, match='not of whole frames'):
        change_protocol(data, method, pipeline='hopenet')
    change_protocol(data, method, box, detector='none')
    assert method.box == box
    assert ('detected' in data[0]['data_samples']) == (box == 'detector')


def test_the_tool_states_the_protocol(folder, run_tool, tmp_path):
    """A detector that finds no labelled face leaves no pose to score."""
    from mmfsa.engine import save_checkpoint
    from mmfsa.registry import MODELS
    from mmfsa.zoo import get_config

    name = 'fsa_none_wo_p1'
    cfg = get_config(name)
    weights = tmp_path / 'w.pth'
    state = MODELS.build(cfg.model).state_dict()
    save_checkpoint(dict(state_dict=state, meta=dict(config=f'{name}.py')), weights)
    data_root = tmp_path / 'root'
    data_root.mkdir()
    (data_root / 'aflw2000').symlink_to(folder)
    arguments = [
        *(cfg.filename, weights, '--data-root', data_root, '--test-set', 'aflw2000'),
        *('--allow-partial', '--work-dir', tmp_path / 'work'),
        *('--cfg-options', 'test_sets.aflw2000.dataloader.num_workers=0'),
        'test_sets.aflw2000.dataloader.persistent_workers=False',
    ]
    out = tmp_path / 'r.json'
    run_tool('test.py', *arguments, '--pipeline', 'hopenet', '--out', out)
    card = json.loads(out.read_text())['protocol']
    assert card['box_source'] == 'pt2d with the -1 of landmarks that are not seen'
    assert 'squared by the shorter side, from the exact box' in card['crop']
    message = run_tool('test.py', *arguments[:2], '--detector', 'none', fails=True)
    assert message == 'error: --detector needs --box detector'
    message = run_tool(
        'test.py', *arguments, '--box', 'detector', '--detector', 'none', fails=True
    )
    assert 'found no pose in any of 10 faces' in message
    assert 'no face detected' in message
