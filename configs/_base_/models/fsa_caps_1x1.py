# FSA-Net with capsule aggregation and 1x1 scoring (Table 4). Every other variant differs
# from this one by its scoring function, its aggregation, or both.
model = dict(
    type='HeadPoseEstimator',
    backbone=dict(type='TwoStreamBackbone'),
    neck=dict(
        type='FSANeck',
        scoring=dict(type='ConvScoring'),
        mapping=dict(type='StructureMapping'),
        aggregation=dict(type='CapsuleAggregation'),
    ),
    head=dict(type='SSRHead'),
)
