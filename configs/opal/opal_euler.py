_base_ = '../_base_/opal.py'
model = dict(head=dict(type='AngleHead'), loss=dict(type='L1Loss'))
