# Labels as they were fitted to the landmarks.
_base_ = './base.py'
train_dataloader = dict(dataset=dict(data_root='data/aflw'))
