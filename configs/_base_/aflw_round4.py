# Goes on with labels that were corrected a fourth time, by both networks of the third
# round. Faces are blurred and covered half as often, and rendered heads are fewer: what
# they teach is there.
_base_ = './aflw_round3.py'
photos, heads = [
    {
        **part,
        'pipeline': [
            {**step, 'prob': 0.1} if step.type in ('Blur', 'Occlude') else step
            for step in part.pipeline
        ],
    }
    for part in _base_.train_dataloader.dataset.datasets
]
photos['data_root'] = 'data/aflw_refined4'
heads['indices'] = 4000
train_dataloader = dict(dataset=dict(datasets=[photos, heads]))
val_dataloader = dict(dataset=dict(data_root='data/aflw_refined4'))
