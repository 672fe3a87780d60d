# 300W-LP as 6DRepNet trains on it: Hopenet's padding without its square, and a window of 80
# to 100 per cent of the area in place of a window of 224 pixels.
_base_ = './300wlp_hopenet.py'
padded = {**_base_.train_crop['inputs']['crop'], 'square': False}
train_crop = {**_base_.train_crop, 'inputs': dict(size=256, crop=padded)}
train_dataloader = dict(
    dataset=dict(
        pipeline=[
            _base_.load,
            train_crop,
            dict(type='RandomResizedCrop', size=224, scale=(0.8, 1)),
            dict(type='MirrorFace'),
            dict(type='Blur', prob=0.05),
            _base_.pack,
        ],
    ),
)
