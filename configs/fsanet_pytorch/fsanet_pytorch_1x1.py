# FSA-Caps (1×1) as omasaht built it in PyTorch. How it was trained is not published: the
# data and the schedule are those of the paper's protocol 1.
_base_ = [
    '../_base_/models/fsa_caps_1x1.py',
    '../_base_/datasets/300wlp.py',
    '../_base_/schedules/adam_90e.py',
    '../_base_/default_runtime.py',
]
model = dict(
    inputs=dict(
        mean=(127.5,),
        std=(128.0,),
        crop=dict(
            _delete_=True,
            box='landmarks68',
            pad=0,
            square=True,
            shift=(0, -0.1),
            scale=1.6,
            border='constant',
            whole='round',
        ),
    ),
    neck=dict(transpose=False),
    backbone=dict(stem_relu=True, bn=dict(eps=1e-5, momentum=0.1)),
)
