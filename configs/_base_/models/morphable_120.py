# What 3DDFA_V2 and SynergyNet see: 120 pixels, BGR, from -1 to 1. The crop is the square
# around the box of all 68 landmarks, times the root of 2, and black beyond the image.
model = dict(
    type='HeadPoseEstimator',
    inputs=dict(
        size=120,
        color='BGR',
        mean=(127.5,) * 3,
        std=(128,) * 3,
        crop=dict(
            box='landmarks68',
            pad=0,
            square=True,
            scale=2**0.5,
            border='constant',
            whole='round',
        ),
    ),
)
