# NetVLAD in the place of capsules.
_base_ = './base.py'
model = dict(neck=dict(aggregation=dict(_delete_=True, type='NetVLADAggregation')))
