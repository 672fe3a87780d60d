# The smaller one of face-api.js' networks of 68 landmarks.
_base_ = './face_api_pnp.py'
model = dict(backbone=dict(channels=(32, 64, 128), convs=3), head=dict(in_features=128))
