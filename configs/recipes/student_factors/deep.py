# One block more in each stage.
_base_ = './base.py'
model = dict(
    backbone=dict(
        stages=((16, 'P', 32, 32, 32, 'P'), (64, 64, 64, 'P'), (128, 128, 128))
    )
)
