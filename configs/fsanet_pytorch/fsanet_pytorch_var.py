_base_ = './fsanet_pytorch_1x1.py'
model = dict(neck=dict(scoring=dict(type='VarianceScoring')))
