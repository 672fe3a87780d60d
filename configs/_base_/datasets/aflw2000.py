# Test on AFLW2000. `test_sets` are what tools/test.py can choose from;
# expected_num is the protocol's number of faces.
_base_ = './loaders.py'
load = dict(type='LoadImageFromFile')
crop = dict(type='CropFace')  # as the model's inputs say
pack = dict(type='PackHeadPoseInputs')
within_99 = dict(max_angle=99)

aflw2000 = dict(
    dataloader=dict(
        **_base_.val_dataloader,
        dataset=dict(
            type='HeadPoseDataset',
            data_root='data/aflw2000',
            filter_cfg=within_99,
            pipeline=[load, crop, pack],
            test_mode=True,
        ),
    ),
    evaluator=dict(type='HeadPoseMetric', expected_num=1969),
)
test_sets = dict(aflw2000=aflw2000)
test_dataloader = aflw2000['dataloader']
test_evaluator = aflw2000['evaluator']
