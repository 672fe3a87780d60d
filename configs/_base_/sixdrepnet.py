# 6DRepNet's recipe, without a backbone.
_base_ = [
    './models/rotation_6d_224.py',
    './datasets/300wlp_sixdrepnet.py',
    './schedules/adam_80e.py',
    './default_runtime.py',
]
train_dataloader = dict(batch_size=80)
