# Goes on with labels that were corrected a third time, by the network of the stage before
# alone. Rendered heads are fewer, and half of all heads only are turned: to turn a crop
# blurs it, and AFLW2000's are sharp.
_base_ = './aflw_mixed.py'
train_cfg = dict(max_epochs=24)
param_scheduler = dict(total_steps=24)
photos, heads = [
    {
        **part,
        'pipeline': [
            {**step, 'prob': 0.5} if step.type == 'RotateInPlane' else step
            for step in part.pipeline
        ],
    }
    for part in _base_.train_dataloader.dataset.datasets
]
photos['data_root'] = 'data/aflw_refined3'
heads['indices'] = 6000
train_dataloader = dict(dataset=dict(datasets=[photos, heads]))
val_dataloader = dict(dataset=dict(data_root='data/aflw_refined3'))
