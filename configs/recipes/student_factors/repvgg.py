# RepVGG blocks: three branches while they learn, one convolution afterwards.
_base_ = './residual.py'
model = dict(
    backbone=dict(
        _delete_=True,
        type='RepVGG',
        widths=(16, 32, 64, 128),
        depths=(2, 2, 1),
        groups=1,
        out_indices=(3,),
    ),
    head=dict(in_features=2048),
)
