# Hands, masks and hair, as rectangles of one colour.
_base_ = './base.py'
*steps, pack = _base_.train_dataloader.dataset.pipeline
cover = dict(type='Occlude', size=(0.1, 0.5))
train_dataloader = dict(dataset=dict(pipeline=[*steps, cover, pack]))
