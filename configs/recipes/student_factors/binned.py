# Bins and their mean.
_base_ = './base.py'
model = dict(head=dict(_delete_=True, type='BinnedHead'))
