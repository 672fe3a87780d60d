# Faces out of focus, or small.
_base_ = './base.py'
*steps, pack = _base_.train_dataloader.dataset.pipeline
blur = dict(type='Blur', sigma=(0.3, 3), prob=0.3)
train_dataloader = dict(dataset=dict(pipeline=[*steps, blur, pack]))
