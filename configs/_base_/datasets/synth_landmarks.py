# Rendered heads with their exact 68 landmarks, for networks that find landmarks; validate
# on rendered heads of other people; test on them and on AFLW2000 with whole frames. The
# heads fill their pictures of 96 pixels, where one sample for each pixel is enough:
# tools/dataset_converters/synth.py --factors 'box_share=(1.5,1.7)'
_base_ = './aflw2000_frames.py'
vary = dict(
    type='CropFace',
    interpolation='bilinear',
    pad=(-0.08, 0.12),
    shift=0.06,
    aspect=(0.85, 1.15),
    border='replicate',
)
label = dict(type='LandmarkLabel')
turn = dict(type='RotateInPlane', max_angle=30)
mirror = dict(type='MirrorFace')
sharpen = dict(type='Sharpen', prob=0.3)
blur = dict(type='Blur', sigma=(0.3, 1.5), prob=0.3)
light = dict(
    type='ColorJitter',
    brightness=(0.5, 1.6),
    contrast=(0.6, 1.5),
    saturation=(0, 1.5),
    prob=0.8,
)
occlude = dict(type='Occlude')
edge = dict(type='CutEdge', prob=0.15)
heads = dict(type='HeadPoseDataset', filter_cfg=_base_.within_99)
train_dataloader = dict(
    batch_size=64,
    dataset=dict(
        **heads,
        data_root='data/synth_tight',
        pipeline=[
            _base_.load,
            vary,
            label,
            turn,
            mirror,
            sharpen,
            blur,
            light,
            occlude,
            edge,
            _base_.pack,
        ],
    ),
)
held_out = dict(**heads, data_root='data/synth_tight_val', test_mode=True)
val_dataloader = dict(
    dataset=dict(**held_out, pipeline=[_base_.load, _base_.crop, label, _base_.pack])
)
test_sets = dict(
    synth=dict(
        dataloader=dict(
            **_base_.val_dataloader,
            collate_fn=dict(type='pseudo_collate'),
            dataset=dict(**held_out, pipeline=[_base_.load, _base_.frame]),
        ),
        evaluator=dict(type='HeadPoseMetric'),
    )
)
