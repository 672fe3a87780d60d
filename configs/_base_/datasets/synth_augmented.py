# Rendered heads for a network that is to read photos.
_base_ = './synth.py'
*steps, pack = _base_.train_dataloader.dataset.pipeline
colour_and_cover = [dict(type='ColorJitter'), dict(type='Occlude')]
train_dataloader = dict(dataset=dict(pipeline=[*steps, *colour_and_cover, pack]))
