# FAN, whose landmarks of the jaw follow the outline that is seen: they are left out.
_base_ = './fan_3d_pnp.py'
points = dict(subset='inner')
model = dict(head=dict(points=points))
method = dict(name='fan_pnp', points=points)
