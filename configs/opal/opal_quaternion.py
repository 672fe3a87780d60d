_base_ = '../_base_/opal.py'
model = dict(head=dict(type='QuaternionHead'), loss=dict(type='GeodesicLoss'))
