# small's training for steady poses, as nano's, with looks that differ less. It goes on from
# small_start.py.
_base_ = './nano_steady.py'
load_from = 'work_dirs/small_start/epoch_45.pth'
model = {**_base_.wider, 'second_look': dict(shift=2.0, scale=0.05)}
