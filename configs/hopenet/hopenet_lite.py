_base_ = './hopenet_resnet50.py'
model = dict(
    backbone=dict(_delete_=True, type='ShuffleNetV2'),
    head=dict(in_features=1024),
)
optim_wrapper = dict(
    paramwise_cfg=dict(custom_keys=dict(_delete_=True, head=dict(lr_mult=5)))
)
