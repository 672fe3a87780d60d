# Goes on with labels that were corrected a fourth time, by both networks of the third
# round. Faces are blurred and covered half as often, and rendered heads are fewer: what
# they teach is there.
_base_ = './aflw_round3_24e.py'
blur = {**_base_.blur, 'prob': 0.1}
cover = {**_base_.cover, 'prob': 0.1}
augment = [_base_.mirror, _base_.turn, _base_.light, blur, cover, _base_.pack]
photos = {
    **_base_.photos,
    'data_root': 'data/aflw_refined4',
    'pipeline': [_base_.load, _base_.borders, *augment],
}
heads = {
    **_base_.heads,
    'indices': 4000,
    'pipeline': [_base_.load, _base_.ears, _base_.head_borders, *augment],
}
train_dataloader = dict(dataset=dict(datasets=[photos, heads]))
val_dataloader = dict(dataset=dict(data_root='data/aflw_refined4'))
