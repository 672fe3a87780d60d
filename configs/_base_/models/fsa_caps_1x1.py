# FSA-Net with capsule aggregation and 1x1 scoring (Table 4). Every other variant differs
# from this one by its scoring function, its aggregation, or both.
model = dict(
    type='HeadPoseEstimator',
    # The authors' rule for 300W-LP and AFLW2000. The crop keeps no aspect ratio.
    inputs=dict(
        size=64, color='BGR', crop=dict(box='visible', pad=0.6, border='clamp')
    ),
    backbone=dict(type='TwoStreamBackbone'),
    neck=dict(
        type='FSANeck',
        scoring=dict(type='ConvScoring'),
        mapping=dict(type='StructureMapping'),
        aggregation=dict(type='CapsuleAggregation'),
    ),
    head=dict(type='SSRHead'),
)
