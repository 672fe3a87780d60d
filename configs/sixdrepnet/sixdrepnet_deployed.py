# 6DRepNet with one convolution a block: for checkpoints that were converted so. It is what an
# export makes of sixdrepnet.py, too. Train that one.
_base_ = './sixdrepnet.py'
model = dict(backbone=dict(deploy=True))
