# What the paper's row "Landmarks" probably is: 12 points, and angles in another order than
# the labels'. The pitch is the zero of rendered heads.
_base_ = './given_pnp.py'
method = dict(
    name='given_12_pnp',
    points=dict(subset='anthropometric', pitch=3),
    order='as_published',
)
