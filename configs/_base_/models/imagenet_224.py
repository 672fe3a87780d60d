# Crops of 224 pixels, RGB, with ImageNet's mean and standard deviation. The square around
# the box of all 68 landmarks, a fifth larger and a tenth higher, is our choice: of the
# squares tried, the published weights of Hopenet-lite and of Shaw's network err least on
# AFLW2000 with this one.
_base_ = './imagenet_inputs.py'
model = dict(
    inputs=dict(
        crop=dict(
            box='landmarks68',
            pad=0,
            square=True,
            shift=(0, -0.1),
            scale=1.2,
            border='constant',
            whole='round',
        ),
    ),
)
