_base_ = './fsa_caps_var.py'
model = dict(neck=dict(aggregation=dict(type='LinearAggregation')))
