# 3DDFA_V2's larger network, with the schedule of 3DDFA's script of 2018, the faces that
# Hopenet trains on, and crops and a loss of our own.
_base_ = [
    '../_base_/models/morphable_120.py',
    '../_base_/datasets/300wlp_hopenet.py',
    '../_base_/schedules/sgd_warmup_50e.py',
    '../_base_/default_runtime.py',
]
model = dict(
    backbone=dict(type='MobileNetV1'),
    head=dict(type='MorphableModelHead', in_features=1024),
)
vary = dict(type='CropFace', more=(-0.07, 0.07), shift=0.1)
pipeline = [_base_.load, vary, dict(type='MirrorFace'), _base_.pack]
train_dataloader = dict(batch_size=512, num_workers=4, dataset=dict(pipeline=pipeline))
