# Bins and their mean. Turned heads have angles beyond 99 degrees.
_base_ = './base.py'
model = dict(head=dict(_delete_=True, type='BinnedHead', num_bins=120, angle_range=180))
