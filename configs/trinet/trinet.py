# TriNet with capsules, by the schedule of its authors' code; data and crops are FSA-Net's.
_base_ = [
    '../_base_/datasets/300wlp.py',
    '../_base_/schedules/adam_90e.py',
    '../_base_/default_runtime.py',
]
model = dict(
    type='HeadPoseEstimator',
    inputs=dict(
        size=64, color='BGR', crop=dict(box='visible', pad=0.6, border='clamp')
    ),
    backbone=dict(type='TriNetBackbone'),
    neck=dict(
        type='TriNetNeck',
        neck=dict(
            type='FSANeck',
            scoring=dict(type='ConvScoring'),
            mapping=dict(type='StructureMapping'),
            aggregation=dict(type='CapsuleAggregation'),
        ),
    ),
    head=dict(type='VectorHead'),
    loss=dict(type='VectorLoss', orthogonality=0.1),
)
optim_wrapper = dict(optimizer=dict(lr=1e-4))
param_scheduler = dict(milestones=[70])
