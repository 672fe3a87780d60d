# 300W-LP with the landmarks of its renderings, for networks that find landmarks; test on
# AFLW2000 with whole frames. A fiftieth of the faces is kept for validation.
_base_ = './aflw2000_frames.py'
vary = dict(type='CropFace', more=(-0.1, 0.1), shift=0.05)
label = dict(type='LandmarkLabel')
turn = dict(type='RotateInPlane', max_angle=20)
mirror = dict(type='MirrorFace')
light = dict(type='ColorJitter')
faces = dict(
    type='HeadPoseDataset', data_root='data/300wlp', filter_cfg=_base_.within_99
)
train_dataloader = dict(
    batch_size=64,
    dataset=dict(
        **faces,
        split=dict(fraction=0.98, seed=0, part='train'),
        pipeline=[_base_.load, vary, label, turn, mirror, light, _base_.pack],
    ),
)
val_dataloader = dict(
    dataset=dict(
        **faces,
        split=dict(fraction=0.98, seed=0, part='val'),
        pipeline=[_base_.load, _base_.crop, _base_.pack],
        test_mode=True,
    )
)
