# The variance of a pixel's features says how much it counts.
_base_ = './base.py'
model = dict(neck=dict(scoring=dict(_delete_=True, type='VarianceScoring')))
