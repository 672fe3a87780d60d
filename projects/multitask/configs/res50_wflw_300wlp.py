_base_ = (
    'mmpose::face_2d_keypoint/topdown_regression/wflw/'
    'td-reg_res50_8xb64-210e_wflw-256x256.py'
)
custom_imports = dict(imports=['projects.multitask.pose_and_landmark_estimator'])
poses = dict(
    _scope_='mmfsa',
    type='HeadPoseDataset',
    data_root='data/300wlp',
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='CropFace', size=(256, 256)),
        dict(type='PackHeadPoseInputs'),
    ],
)
landmarks = _base_.train_dataloader.dataset
model = dict(
    type='PoseAndLandmarkEstimator',
    backbone=dict(out_indices=(1, 2, 3)),
    pose_neck=dict(type='mmfsa.StructurePooling', in_channels=(512, 1024, 2048)),
    pose_head=dict(type='mmfsa.Rotation6DHead', in_features=1344),
)
train_dataloader = dict(
    dataset=dict(_delete_=True, type='AlternatingDataset', datasets=[landmarks, poses])
)
