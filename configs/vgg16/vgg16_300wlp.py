# VGG16 regression after Gu et al., on the data of Hopenet and its successors.
_base_ = [
    '../_base_/models/vgg16.py',
    '../_base_/datasets/300wlp_hopenet.py',
    '../_base_/schedules/adam_1e-5_30e.py',
    '../_base_/default_runtime.py',
]
