_base_ = ['./_base_/models/fsa_caps_1x1.py', './_base_/protocol2.py']
model = dict(inputs=_base_.inputs)
