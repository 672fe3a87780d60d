"""How the authors' networks start (Keras' defaults): Glorot-uniform kernels, zero biases.

Keras' limit for a depthwise kernel, sqrt(6 / (9 c_in + 9)), is also what torch computes
from that kernel's shape, so that one rule serves every convolution and linear layer.
"""

GLOROT_UNIFORM = dict(
    type='Xavier', layer=['Conv2d', 'Linear'], distribution='uniform', bias=0
)
