_base_ = './fsa_caps_1x1_synth.py'
model = dict(head=dict(type='Rotation6DHead'))
