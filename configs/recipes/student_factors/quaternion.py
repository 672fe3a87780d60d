# A quaternion with the geodesic loss, in the place of angles.
_base_ = './base.py'
model = dict(head=dict(_delete_=True, type='QuaternionHead', in_features=48))
