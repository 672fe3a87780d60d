_base_ = './fsa_caps_1x1.py'
model = dict(neck=dict(aggregation=dict(type='NetVLADAggregation')))
