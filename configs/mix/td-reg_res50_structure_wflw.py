_base_ = (
    'mmpose::face_2d_keypoint/topdown_regression/wflw/'
    'td-reg_res50_8xb64-210e_wflw-256x256.py'
)
custom_imports = dict(imports=['mmfsa.utils.mmpose'])
model = dict(
    backbone=dict(out_indices=(1, 2, 3)),
    neck=dict(
        _delete_=True, type='mmfsa.StructurePooling', in_channels=(512, 1024, 2048)
    ),
    head=dict(in_channels=1344),
)
