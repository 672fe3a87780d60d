"""`mmfsa webcam`."""


def test_a_missing_camera(run):
    status, lines, error = run('webcam', 97, '--fov', 60)
    assert (status, lines) == (1, [])
    assert 'webcam:97: no picture' in error
