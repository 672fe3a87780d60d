_base_ = (
    'mmpose::face_2d_keypoint/topdown_heatmap/300w/'
    'td-hm_hrnetv2-w18_8xb64-60e_300w-256x256.py'
)
custom_imports = dict(imports=['mmfsa.utils.mmpose'])
model = dict(
    neck=dict(
        _delete_=True,
        type='mmfsa.StructurePooling',
        in_channels=(18, 36, 72, 144),
        out='map',
        size=16,
    ),
    head=dict(
        in_channels=256, deconv_out_channels=(64, 64), deconv_kernel_sizes=(4, 4)
    ),
)
