# SSR-Net-MD: FSA-Net's two streams without the aggregation module (Section 3.2).
model = dict(
    type='HeadPoseEstimator',
    backbone=dict(type='TwoStreamBackbone', fusion_pools=(2, 2, 2), pool_streams=True),
    neck=dict(type='FlattenNeck'),
    head=dict(type='SSRNetMDHead'),
)
