_base_ = ['./_base_/models/ssrnet_md.py', './_base_/protocol2.py']
model = dict(inputs=_base_.inputs)
