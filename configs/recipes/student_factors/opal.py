# The rotation in 6D with the loss of OPAL.
_base_ = './rotation_6d.py'
model = dict(loss=dict(type='OpalLoss'))
