# FAN, whose landmarks of the jaw lie on the head, not on its outline.
_base_ = ['../_base_/models/fan.py', './given_pnp.py']
method = dict(name='fan_3d_pnp')
