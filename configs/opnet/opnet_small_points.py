# With the 68 points and the shape of the face, for data whose own transform labels them
# (`gt_points`, `gt_shape`, `gt_place`) and for a mean face from the Basel Face Model.
_base_ = './opnet_small.py'
# The jaw counts less, the eyelids, which move by themselves, not at all.
weights = [0.8] * 8 + [1] + [0.8] * 8 + [1] * 20 + [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0]
weights += [1] * 20
model = dict(
    head=dict(points=dict(type='FacePoints')),
    loss=dict(
        parts=dict(
            # The authors sum over x, y and z: 0.5 of the sum is 1.5 of the mean.
            points=dict(
                type='OutputL2Loss', output='points', weights=weights, weight=1.5
            ),
            shape=dict(type='OutputL2Loss', output='shape', weight=0.1),
            points_nll=dict(
                type='OutputNLLLoss',
                output='points',
                weights=weights,
                weight=0.005,
                ramp=(0.1, 0.2),
            ),
        )
    ),
)
