_base_ = './fsa_caps_1x1.py'
model = dict(head=dict(type='BinnedHead'))
