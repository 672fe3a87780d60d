# MobileNetV2 at 0.35 of its width (of timm), whose last map but one keeps 4x4 pixels.
_base_ = './residual.py'
model = dict(
    backbone=dict(
        _delete_=True, type='TimmBackbone', model='mobilenetv2_035', out_indices=(3,)
    ),
    head=dict(in_features=512),
)
