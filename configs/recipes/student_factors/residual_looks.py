# The same, and two looks at each face, which must have one pose.
_base_ = './residual_6d.py'
model = dict(
    second_look=dict(type='SecondLook'),
    loss=dict(
        type='SumLoss',
        parts=dict(
            labels=dict(type='GeodesicLoss'),
            looks=dict(type='ConsistencyLoss', weight=1.0),
        ),
    ),
)
