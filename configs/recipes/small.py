# How unsure small is of each pose, as nano.py. It goes on from small_steady.py.
_base_ = './nano.py'
load_from = 'work_dirs/small_steady/averaged.pth'
model = {**_base_.wider, 'head': {**_base_.wider.head, 'spread_factor': 1.75}}
