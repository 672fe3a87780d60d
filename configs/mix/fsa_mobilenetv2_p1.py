_base_ = './_base_/fsa_p1.py'
model = dict(
    backbone=dict(
        _delete_=True,
        type='mmpose.MobileNetV2',
        out_indices=(2, 4, 6),
        init_cfg=dict(type='Pretrained', checkpoint='mmcls://mobilenet_v2'),
    ),
    neck=[
        dict(type='StageAlignment', in_channels=(32, 96, 320)),
        _base_.model.neck,
    ],
)
