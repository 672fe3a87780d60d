# The 68 landmarks that OpenSeeFace's smallest network finds, by its ONNX file.
_base_ = './given_pnp.py'
method = dict(
    name='openseeface_pnp',
    network=dict(type='OpenSeeFace'),
    solver='pnp',
    focal=10,
)
