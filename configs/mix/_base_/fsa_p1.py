# FSA-Net in protocol 1, ready for a backbone of MMPose with weights from ImageNet.
_base_ = '../../fsa_caps_1x1_p1.py'
custom_imports = dict(imports=['mmfsa.utils.mmpose'])
model = dict(
    inputs=dict(
        color='RGB', mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375]
    )
)
