# Plain convolutions with residual blocks, and the rotation in 6D from all pixels of their
# map. The crop is the square just beyond the 68 landmarks: more of the pixels show the face
# than in FSA-Net's own, and a square keeps the face's proportions.
model = dict(
    type='HeadPoseEstimator',
    inputs=dict(
        size=64,
        color='BGR',
        interpolation='supersampled',
        crop=dict(box='landmarks68', pad=0.15, square=True, border='replicate'),
    ),
    backbone=dict(
        type='ResidualBackbone',
        stem=16,
        blocks=((32, 2), (32, 1), (64, 2), (64, 1), (64, 2)),
        out_channels=32,
    ),
    neck=dict(type='FlattenNeck'),
    head=dict(type='Rotation6DHead', in_features=512, hidden=(32,)),
    # The angle between rotations is right for all poses. The error of the angles, which is
    # what tables show, counts more in profiles.
    loss=dict(
        type='SumLoss',
        parts=dict(
            rotation=dict(type='GeodesicLoss', weight=0.5),
            angles=dict(type='L1Loss'),
        ),
    ),
)
