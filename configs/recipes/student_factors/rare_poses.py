# Rare poses count up to three times as much as the median face.
_base_ = './base.py'
train_dataloader = dict(dataset=dict(balance=dict(power=0.5, limit=3)))
