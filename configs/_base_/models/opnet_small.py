# The small network of opentrack's neuralnet tracker, 0.4. It sees the head grey; the square
# around the box of 68 landmarks is that around the whole head, times 1.1.
model = dict(
    type='HeadPoseEstimator',
    inputs=dict(
        size=129,
        color='grey',
        mean=(128,),
        std=(256,),
        interpolation='area',
        crop=dict(
            box='landmarks68',
            pad=0,
            square=True,
            shift=(0, -0.1),
            scale=1.3,
            border='replicate',
        ),
    ),
    backbone=dict(type='OpNetBackbone'),
    neck=None,
    head=dict(type='OpNetHead'),
    # A part without a label counts nothing: an index of 300W-LP has no `place`. The
    # likelihoods come in from a tenth to a fifth of the training.
    loss=dict(
        type='SumLoss',
        parts=dict(
            rotation=dict(type='QuaternionLoss'),
            length=dict(
                type='OutputL2Loss', output='quaternion_length', target=1, weight=1e-6
            ),
            centre=dict(
                type='OutputL2Loss', output='place', columns=(0, 1), weight=0.25
            ),
            size=dict(type='OutputL2Loss', output='place', columns=(2,), weight=0.25),
            box=dict(type='OutputL2Loss', output='box', weight=0.01),
            rotation_nll=dict(type='RotationNLLLoss', weight=0.005, ramp=(0.1, 0.2)),
            place_nll=dict(
                type='OutputNLLLoss',
                output='place',
                outliers=0.001,
                volume=4.0,
                weight=0.005,
                ramp=(0.1, 0.2),
            ),
            box_nll=dict(
                type='OutputNLLLoss', output='box', weight=1e-4, ramp=(0.1, 0.2)
            ),
        ),
    ),
)
