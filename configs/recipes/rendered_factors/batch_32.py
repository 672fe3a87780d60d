# Twice the steps on the same heads.
_base_ = './base.py'
train_dataloader = dict(batch_size=32)
