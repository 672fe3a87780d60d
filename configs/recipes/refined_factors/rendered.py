# Rendered heads among the photos, three for seven of them: exact labels of profiles, too.
_base_ = './base.py'
photos = _base_.train_dataloader.dataset
rendered = dict(
    type='HeadPoseDataset',
    data_root='data/synth',
    filter_cfg=photos.filter_cfg,
    indices=8000,
    pipeline=photos.pipeline,
)
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='ConcatDataset',
        datasets=[photos, rendered],
        # What an index says of itself; its angles' convention must be the same.
        ignore_keys=[
            *('dataset', 'box_source', 'img_root', 'labels', 'seed', 'split'),
            *('num_found', 'num_dropped', 'num_kept'),
        ],
    )
)
