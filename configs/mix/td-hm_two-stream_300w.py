_base_ = (
    'mmpose::face_2d_keypoint/topdown_heatmap/300w/'
    'td-hm_hrnetv2-w18_8xb64-60e_300w-256x256.py'
)
custom_imports = dict(imports=['mmfsa.utils.mmpose'])
model = dict(
    backbone=dict(_delete_=True, type='mmfsa.TwoStreamBackbone', input_size=256),
    neck=dict(scale_factor=2.0),
    head=dict(in_channels=192),
)
