# nano's training for steady poses: each face is seen in two crops that differ by a pixel or
# two, and both must have the same pose. A quarter of the faces are rendered heads: their
# exact labels have all of a head's pitch. It goes on from nano_rare.py.
_base_ = './nano_rare.py'
load_from = 'work_dirs/nano_rare/averaged.pth'
photos = _base_.train_dataloader.dataset
heads = {**photos, 'data_root': 'data/synth_steady', 'balance': None, 'split': None}
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='ConcatDataset',
        # What an index says of itself.
        ignore_keys=[
            *('dataset', 'box_source', 'box_kind', 'factors', 'img_root', 'seed'),
            *('num_found', 'num_dropped', 'num_kept', 'split'),
        ],
        datasets=[photos, heads],
    )
)
model = dict(
    second_look=dict(type='SecondLook'),
    loss=dict(
        type='SumLoss',
        parts=dict(
            labels=dict(type='L1Loss'),
            looks=dict(type='ConsistencyLoss', weight=1.0),
        ),
    ),
)
epochs = 10
train_cfg = dict(max_epochs=epochs)
param_scheduler = dict(total_steps=epochs)
