# MediaPipe's 468 points with their depths, and the rotation between them and those of its
# canonical face. Without a known camera, the focal length is MediaPipe's for a square
# image: a field of view of 63 degrees.
_base_ = './given_pnp.py'
method = dict(
    name='mediapipe_mesh',
    network=dict(type='MediaPipeMesh'),
    points=dict(source='mediapipe_468'),
    solver='kabsch',
    focal=0.816,
)
