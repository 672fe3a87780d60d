# The mean of both variants, as omasaht's demo takes it.
_base_ = './fsanet_pytorch_1x1.py'
var = dict(_base_.model.neck, scoring=dict(type='VarianceScoring'))
model = dict(
    _delete_=True,
    type='FusionEstimator',
    inputs=_base_.model.inputs,
    estimators=[_base_.model, {**_base_.model, 'neck': var}],
)
