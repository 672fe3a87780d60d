# VGG16 regression after Gu et al., in protocol 2.
_base_ = [
    '../_base_/models/vgg16.py',
    '../_base_/datasets/biwi.py',
    '../_base_/schedules/adam_1e-5_30e.py',
    '../_base_/default_runtime.py',
]
model = dict(inputs=dict(crop=dict(_delete_=True, **_base_.inputs.crop)))
train_dataloader = dict(
    num_workers=2, persistent_workers=True, dataset=dict(cache=False)
)
val_dataloader = dict(dataset=dict(cache=False))
