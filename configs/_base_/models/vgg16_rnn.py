# VGG16 with a memory behind its second fully connected layer, after Gu et al. The layer of
# 1024 has become recurrent.
_base_ = './vgg16.py'
model = dict(
    _delete_=True,
    type='RecurrentEstimator',
    frame=_base_.model,
    head=dict(type='RecurrentHead', in_features=4096, hidden=1024, cell='fc_rnn'),
    freeze=False,
    steady=0.0,
)
