# All pixels count alike.
_base_ = './base.py'
model = dict(neck=dict(scoring=dict(_delete_=True, type='UniformScoring')))
