# Rendered heads among the photos, three for seven of them: exact labels of profiles, too.
_base_ = './base.py'
photos = _base_.train_dataloader.dataset
heads = {**_base_.heads, 'indices': 8000, 'pipeline': photos.pipeline}
mixture = {**_base_.mixture, 'datasets': [photos, heads]}
train_dataloader = dict(dataset={'_delete_': True, **mixture})
