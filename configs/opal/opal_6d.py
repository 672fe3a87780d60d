_base_ = '../_base_/opal.py'
model = dict(head=dict(type='Rotation6DHead', frame='opal'), loss=dict(type='OpalLoss'))
