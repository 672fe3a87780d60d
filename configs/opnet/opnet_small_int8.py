# The same network in 8 bits, as opentrack ships it.
_base_ = './opnet_small.py'
model = dict(backbone=dict(quantized=True))
