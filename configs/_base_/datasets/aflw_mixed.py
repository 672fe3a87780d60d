# AFLW with labels that were corrected a second time, and two thirds as many rendered
# heads, whose labels are exact. Heads are turned, blurred, darkened and covered, as
# cameras, hands and masks do.
_base_ = './aflw_refined.py'
load, borders, mirror, colour, pack = _base_.train_dataloader.dataset.pipeline
augment = [
    mirror,
    dict(type='RotateInPlane', max_angle=45),
    {**colour, 'brightness': (0.3, 1.4)},
    dict(type='Blur', sigma=(0.3, 2.5), prob=0.2),
    dict(type='Occlude', size=(0.1, 0.5), prob=0.2),
    pack,
]
photos = {
    **_base_.train_dataloader.dataset,
    'data_root': 'data/aflw_refined2',
    'pipeline': [load, borders, *augment],
}
# The boxes of rendered heads are narrow for the reason that AFLW2000's are.
ears = dict(type='HideEars')
boxes = {
    **borders,
    'transforms': [
        [{**crop, 'aspect': (0.75, 1.2)}] for (crop,) in borders['transforms']
    ],
}
heads = {**_base_.heads, 'indices': 12000, 'pipeline': [load, ears, boxes, *augment]}
mixture = {**_base_.mixture, 'datasets': [photos, heads]}
train_dataloader = dict(dataset={'_delete_': True, **mixture})
val_dataloader = dict(dataset=dict(data_root='data/aflw_refined2'))
