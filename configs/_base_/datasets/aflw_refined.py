# AFLW with the labels that tools/dataset_converters/refine.py corrected. Its crops are
# squares with the face in the middle. AFLW2000's boxes hold the visible landmarks: they
# are narrower, down to half as wide as high, and a tenth higher.
_base_ = './aflw.py'
borders = dict(
    type='RandomChoice',
    transforms=[
        [
            dict(
                type='CropFace',
                pad=(0.3, 0.8),
                shift=0.12,
                aspect=(0.5, 1.2),
                border=border,
            )
        ]
        for border in ('replicate', 'reflect', 'constant')
    ],
    prob=[0.5, 0.25, 0.25],
)
train_dataloader = dict(
    dataset=dict(
        data_root='data/aflw_refined',
        pipeline=[_base_.load, borders, *_base_.augment, _base_.pack],
    )
)
val_dataloader = dict(dataset=dict(data_root='data/aflw_refined'))
