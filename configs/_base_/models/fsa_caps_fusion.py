# FSA-Caps-Fusion: the mean of the three variants (Section 3.4).
_base_ = './fsa_caps_1x1.py'
variants = [
    {},
    dict(scoring=dict(type='VarianceScoring')),
    dict(scoring=None, mapping=None),
]
model = dict(
    _delete_=True,
    type='FusionEstimator',
    inputs=_base_.model.inputs,
    estimators=[
        {**_base_.model, 'neck': {**_base_.model.neck, **variant}}
        for variant in variants
    ],
)
