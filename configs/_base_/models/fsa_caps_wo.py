_base_ = './fsa_caps_1x1.py'
model = dict(neck=dict(scoring=None, mapping=None))
