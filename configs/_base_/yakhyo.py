# The recipe of yakhyo/head-pose-estimation: 6DRepNet's, with larger batches and a rate that
# halves after 10 and 20 epochs.
_base_ = './sixdrepnet.py'
train_dataloader = dict(batch_size=128)
param_scheduler = dict(type='MultiStepLR', milestones=[10, 20], gamma=0.5)
