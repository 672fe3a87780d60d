_base_ = (
    'mmpose::face_2d_keypoint/topdown_regression/wflw/'
    'td-reg_res50_8xb64-210e_wflw-256x256.py'
)
custom_imports = dict(imports=['mmfsa.utils.mmpose'])
model = dict(
    backbone=dict(
        _delete_=True,
        type='mmfsa.TwoStreamBackbone',
        input_size=256,
        fusion_pools=(8, 4, 4),
    ),
    neck=dict(
        _delete_=True,
        _scope_='mmfsa',
        type='FSANeck',
        scoring=dict(type='ConvScoring'),
        mapping=dict(type='StructureMapping'),
        aggregation=dict(type='CapsuleAggregation'),
        as_tuple=True,
    ),
    head=dict(in_channels=48),
)
