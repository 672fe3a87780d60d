# Windows of rendered films (docs/en/video.md): 16 frames of one face. The boxes of a window
# are as wrong as a detector's; all of its frames are augmented alike.
_base_ = './loaders.py'
load = dict(type='LoadImageFromFile')
crop = dict(type='CropFace', more=(-0.1, 0.15), shift=0.04)
pack = dict(type='PackHeadPoseInputs')
films = dict(type='HeadPoseWindows', data_root='data/synth_films', length=16)
train_dataloader = dict(
    batch_size=8,
    dataset=dict(
        **films, stride=8, pipeline=[load, crop, dict(type='MirrorFace'), pack]
    ),
)
held_out = dict(
    type='HeadPoseWindows',
    data_root='data/synth_films_val',
    length=16,
    stride=16,
    pipeline=[load, dict(type='CropFace'), pack],
    test_mode=True,
)
val_dataloader = dict(batch_size=8, dataset=held_out)
# Each frame after the 15 before it.
test_dataloader = dict(
    **{**_base_.val_dataloader, 'batch_size': 8}, dataset=dict(held_out, stride=1)
)
test_evaluator = dict(type='HeadPoseMetric')
test_sets = dict(films=dict(dataloader=test_dataloader, evaluator=test_evaluator))
