_base_ = './fsa_caps_wo.py'
model = dict(neck=dict(aggregation=dict(type='NetVLADAggregation')))
