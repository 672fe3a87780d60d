# SynergyNet's network from images to parameters, trained on rotations alone, as 3DDFA_V2
# is.
_base_ = '../tddfa_v2/tddfa_v2_mb1.py'
model = dict(
    backbone=dict(_delete_=True, type='MobileNetV2'),
    head=dict(in_features=1280, whitening='synergynet', dropout=0.2),
)
