# Goes on with labels that were corrected a third time, by the network of the stage before
# alone. Rendered heads are fewer, and half of all heads only are turned: to turn a crop
# blurs it, and AFLW2000's are sharp.
_base_ = './aflw_mixed_15e.py'
train_cfg = dict(max_epochs=24)
param_scheduler = dict(total_steps=24)
turn = {**_base_.turn, 'prob': 0.5}
augment = [_base_.mirror, turn, _base_.light, _base_.blur, _base_.cover, _base_.pack]
photos = {
    **_base_.photos,
    'data_root': 'data/aflw_refined3',
    'pipeline': [_base_.load, _base_.borders, *augment],
}
heads = {
    **_base_.heads,
    'indices': 6000,
    'pipeline': [_base_.load, _base_.ears, _base_.head_borders, *augment],
}
train_dataloader = dict(dataset=dict(datasets=[photos, heads]))
val_dataloader = dict(dataset=dict(data_root='data/aflw_refined3'))
