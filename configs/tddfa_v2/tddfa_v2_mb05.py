# Half of the channels.
_base_ = './tddfa_v2_mb1.py'
model = dict(backbone=dict(width=0.5), head=dict(in_features=512))
