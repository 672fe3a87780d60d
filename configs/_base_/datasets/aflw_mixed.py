# AFLW with labels that were corrected a second time, and two thirds as many rendered
# heads, whose labels are exact. Heads are turned, blurred, darkened and covered, as
# cameras, hands and masks do.
_base_ = './aflw_refined.py'
turn = dict(type='RotateInPlane', max_angle=45)
light = {**_base_.colour, 'brightness': (0.3, 1.4)}
blur = dict(type='Blur', sigma=(0.3, 2.5), prob=0.2)
cover = dict(type='Occlude', size=(0.1, 0.5), prob=0.2)
# The boxes of rendered heads are narrow for the reason that AFLW2000's are.
ears = dict(type='HideEars')
head_crop = {**_base_.train_crop, 'aspect': (0.75, 1.2)}
head_borders = {
    **_base_.borders,
    'transforms': [[dict(**head_crop, border=kind)] for kind in _base_.border_kinds],
}

augment = [_base_.mirror, turn, light, blur, cover, _base_.pack]
photos = {
    **_base_.train_dataloader.dataset,
    'data_root': 'data/aflw_refined2',
    'pipeline': [_base_.load, _base_.borders, *augment],
}
heads = {
    **_base_.heads,
    'indices': 12000,
    'pipeline': [_base_.load, ears, head_borders, *augment],
}
mixture = {**_base_.mixture, 'datasets': [photos, heads]}
train_dataloader = dict(dataset={'_delete_': True, **mixture})
val_dataloader = dict(dataset=dict(data_root='data/aflw_refined2'))
