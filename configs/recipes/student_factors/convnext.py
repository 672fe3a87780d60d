# A ConvNeXt of few channels (of timm), with a stem of half its stride.
_base_ = './residual.py'
model = dict(
    backbone=dict(
        _delete_=True,
        type='TimmBackbone',
        model='convnext_atto',
        out_indices=(2,),
        options=dict(dims=(24, 48, 96, 96), depths=(1, 1, 3, 1), patch_size=2),
    ),
    head=dict(in_features=1536),
)
