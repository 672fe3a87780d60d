# Any face model of MMPose; this one learned from 300W-LP. Give it your checkpoint.
_base_ = './given_pnp.py'
method = dict(
    name='mmpose_pnp',
    network=dict(
        type='MMPoseLandmarks',
        config='td-hm_hrnetv2-w18_8xb64-60e_300wlp-256x256',
    ),
)
