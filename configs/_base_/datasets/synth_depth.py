# Rendered heads with the depth that a Kinect measures, in any light; validate and test on
# rendered heads of other people, in full light. How the heads are rendered:
# configs/deepheadpose/README.md.
_base_ = './synth_heads.py'
depth = dict(type='LoadDepthFromFile')
turn = dict(type='RotateInPlane', max_angle=15)
occlude = dict(type='Occlude')
darken = dict(type='Darken', level=(0.001, 1))
noise = dict(type='DepthNoise')
steps = [
    _base_.load,
    depth,
    _base_.train_crop,
    _base_.mirror,
    turn,
    occlude,
    darken,
    noise,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(data_root='data/synth_depth', pipeline=steps))
held_out = dict(
    data_root='data/synth_depth_val',
    pipeline=[_base_.load, depth, _base_.crop, _base_.pack],
)
val_dataloader = dict(dataset=held_out)
test_dataloader = {**_base_.val_dataloader, 'dataset': {**_base_.held_out, **held_out}}
test_evaluator = dict(type='HeadPoseMetric', expected_num=None)
test_sets = dict(
    _delete_=True,
    synth_depth=dict(dataloader=test_dataloader, evaluator=test_evaluator),
)
