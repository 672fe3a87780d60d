# The mean head laid on a depth map, after Martin et al. and Meyer et al. No weights.
_base_ = '../_base_/default_runtime.py'
method = dict(type='DepthRegistration')
