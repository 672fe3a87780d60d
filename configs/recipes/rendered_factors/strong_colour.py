# Light and colour changed always, and more.
_base_ = './base.py'
colour = {
    **_base_.colour,
    'prob': 1.0,
    'brightness': (0.5, 1.6),
    'contrast': (0.4, 1.6),
    'saturation': (0.0, 1.8),
    'tint': (0.8, 1.2),
}
steps = [
    _base_.load,
    _base_.train_crop,
    _base_.mirror,
    colour,
    _base_.occlude,
    _base_.pack,
]
train_dataloader = dict(dataset=dict(pipeline=steps))
