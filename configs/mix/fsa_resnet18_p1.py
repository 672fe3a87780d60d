_base_ = './_base_/fsa_p1.py'
model = dict(
    backbone=dict(
        _delete_=True,
        type='mmpose.ResNet',
        depth=18,
        out_indices=(1, 2, 3),
        init_cfg=dict(type='Pretrained', checkpoint='torchvision://resnet18'),
    ),
    neck=[
        dict(type='StageAlignment', in_channels=(128, 256, 512)),
        _base_.model.neck,
    ],
)
