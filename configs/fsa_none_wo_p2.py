_base_ = ['./_base_/models/fsa_none_wo.py', './_base_/protocol2.py']
model = dict(inputs=_base_.inputs)
