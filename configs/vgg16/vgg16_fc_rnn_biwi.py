# VGG16+RNN after Gu et al., with their FC-RNN, in protocol 2.
_base_ = [
    '../_base_/models/vgg16_rnn.py',
    '../_base_/datasets/biwi_windows.py',
    '../_base_/schedules/adam_1e-5_30e.py',
    '../_base_/default_runtime.py',
]
model = dict(frame=dict(inputs=dict(crop=dict(_delete_=True, **_base_.inputs.crop))))
