_base_ = 'mmpose::face_2d_keypoint/rtmpose/wflw/rtmpose-m_8xb64-60e_wflw-256x256.py'
custom_imports = dict(imports=['mmfsa.utils.mmpose'])
model = dict(
    backbone=dict(out_indices=(2, 3, 4)),
    neck=dict(type='mmfsa.StructurePooling', in_channels=(192, 384, 768), out='map'),
    head=dict(in_channels=192),
)
