# The rotation in 6D from a crop of 224 pixels, as 6DRepNet learns it. The crop is that of
# its test on AFLW2000: padding on four sides, the shorter side to 256, the middle 224.
_base_ = './imagenet_inputs.py'
model = dict(
    inputs=dict(
        crop=dict(
            box='landmarks68',
            pad=(0.4, 0.4, 0.56, 0.168),
            square='shorter',
            scale=0.875,
            border='constant',
        ),
    ),
    head=dict(type='Rotation6DHead', frame='6drepnet'),
    loss=dict(type='GeodesicLoss'),
)
