_base_ = '../_base_/sixdrepnet.py'
# To start from RepVGG's weights of ImageNet, as the authors do:
# init_cfg=dict(type='Pretrained', checkpoint='RepVGG-B1g2-train.pth')
model = dict(backbone=dict(type='RepVGG'), head=dict(in_features=2048))
