# Hopenet with a squared error of weight 1 (Ruiz et al., CVPRW 2018).
_base_ = [
    '../_base_/models/imagenet_224.py',
    '../_base_/datasets/300wlp_hopenet.py',
    '../_base_/schedules/adam_1e-5_25e.py',
    '../_base_/default_runtime.py',
]
model = dict(
    backbone=dict(
        type='TimmBackbone',
        model='resnet50.tv_in1k',
        # In the authors' code these keep ImageNet's mean and variance.
        norm_eval=r'layer\d\.\d\.bn\d',
    ),
    head=dict(type='BinnedHead', in_features=2048, stands_for='left'),
    loss=dict(type='BinLoss', over_angles='sum', alpha=1.0),
)
optim_wrapper = dict(
    paramwise_cfg=dict(
        custom_keys={
            'backbone.model.conv1': dict(lr_mult=0),
            'backbone.model.bn1': dict(lr_mult=0),
            'head': dict(lr_mult=5),
        }
    )
)
