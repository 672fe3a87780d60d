# Dlib's 68 landmarks in boxes like those of its detector. The focal length and the zero of
# rendered heads are those of the score that the README names.
_base_ = './given_pnp.py'
method = dict(
    name='dlib68_pnp',
    network=dict(type='Dlib68'),
    points=dict(pitch=3),
    solver='pnp',
    focal=2,
)
