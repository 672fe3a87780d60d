# Plain convolutions, and the rotation in 6D from all pixels of their map.
_base_ = './residual.py'
model = dict(
    head=dict(_delete_=True, type='Rotation6DHead', in_features=512, hidden=(64,))
)
