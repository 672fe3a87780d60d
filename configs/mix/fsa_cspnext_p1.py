_base_ = './_base_/fsa_p1.py'
model = dict(
    backbone=dict(
        _delete_=True,
        type='mmpose.CSPNeXt',
        deepen_factor=0.167,
        widen_factor=0.375,
        out_indices=(2, 3, 4),
        act_cfg=dict(type='SiLU'),
    ),
    neck=[
        dict(type='StageAlignment', in_channels=(96, 192, 384)),
        _base_.model.neck,
    ],
)
