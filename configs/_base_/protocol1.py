_base_ = [
    './datasets/300wlp.py',
    './schedules/adam_90e.py',
    './default_runtime.py',
]
# The authors' rule for BIWI, whose boxes are MTCNN's; `inputs` of a model are for AFLW2000.
biwi_crop = dict(type='CropFace', box='mtcnn', pad=0.4, inclusive=True)
test_sets = dict(
    biwi=dict(
        dataloader=dict(dataset=dict(pipeline=[_base_.load, biwi_crop, _base_.pack]))
    )
)
