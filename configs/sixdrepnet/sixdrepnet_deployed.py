# 6DRepNet with one convolution a block, for checkpoints of that form. An export makes the
# same of sixdrepnet.py, which is the one to train.
_base_ = './sixdrepnet.py'
model = dict(backbone=dict(deploy=True))
