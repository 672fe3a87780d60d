_base_ = './hopenet_resnet50.py'
model = dict(loss=dict(alpha=2.0))
