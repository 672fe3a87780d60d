# AFLW with the labels that tools/dataset_converters/refine.py corrected. Its crops are
# squares with the face in the middle. AFLW2000's boxes hold the visible landmarks: they
# are narrower, down to half as wide as high, and a tenth higher.
_base_ = './aflw.py'
train_crop = {**_base_.train_crop, 'shift': 0.12, 'aspect': (0.5, 1.2)}
borders = {
    **_base_.borders,
    'transforms': [[dict(**train_crop, border=kind)] for kind in _base_.border_kinds],
}
# For trainings that add rendered heads: the heads, and what holds both.
heads = dict(
    type='HeadPoseDataset', data_root='data/synth', filter_cfg=_base_.within_99
)
mixture = dict(
    type='ConcatDataset',
    # What an index says of itself; only the angles' convention must be the same.
    ignore_keys=[
        *('dataset', 'box_source', 'factors', 'img_root', 'labels', 'seed', 'split'),
        *('num_found', 'num_dropped', 'num_kept'),
    ],
)
train_dataloader = dict(
    dataset=dict(
        data_root='data/aflw_refined',
        pipeline=[_base_.load, borders, _base_.mirror, _base_.colour, _base_.pack],
    )
)
val_dataloader = dict(dataset=dict(data_root='data/aflw_refined'))
