# AFLW with labels that were corrected a second time, and a third as many rendered heads,
# whose labels are exact. Heads are turned, blurred, darkened and covered, as cameras,
# hands and masks do.
_base_ = './aflw_refined.py'
load, borders, mirror, colour, pack = _base_.train_dataloader.dataset.pipeline
pipeline = [
    load,
    borders,
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
    'pipeline': pipeline,
}
heads = {**_base_.heads, 'indices': 6000, 'pipeline': pipeline}
mixture = {**_base_.mixture, 'datasets': [photos, heads]}
train_dataloader = dict(dataset={'_delete_': True, **mixture})
val_dataloader = dict(dataset=dict(data_root='data/aflw_refined2'))
