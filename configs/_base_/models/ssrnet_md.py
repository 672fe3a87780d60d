# SSR-Net-MD: FSA-Net's two streams without the aggregation module (Section 3.2).
_base_ = './fsa_caps_1x1.py'
model = dict(
    backbone=dict(fusion_pools=(2, 2, 2), pool_streams=True),
    neck=dict(_delete_=True, type='FlattenNeck'),
    head=dict(type='SSRNetMDHead'),
)
