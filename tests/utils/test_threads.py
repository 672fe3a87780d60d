"""The number of threads that nobody chose."""

import pytest

from mmfsa import zoo
from mmfsa.utils.threads import usual_threads


@pytest.mark.parametrize(
    ('said', 'number'),
    [('3', 3), (' 2,1', 2), ('', None), ('0', None), ('many', None), (None, None)],
)
def test_the_environment_says_how_many(monkeypatch, said, number):
    if said is None:
        monkeypatch.delenv('OMP_NUM_THREADS', raising=False)
    else:
        monkeypatch.setenv('OMP_NUM_THREADS', said)
    assert usual_threads() == number


def test_networks_heed_it(monkeypatch):
    from mmfsa.deploy.backends import build_backend
    from mmfsa.utils.onnx_session import open_session

    file = zoo.resolve('nano').weights.verify_exported()
    monkeypatch.setenv('OMP_NUM_THREADS', '1')
    for threads, number in ((None, 1), (2, 2)):
        options = open_session(file, threads=threads).get_session_options()
        assert options.intra_op_num_threads == number
    openvino = build_backend('openvino', file)
    assert openvino.config['INFERENCE_NUM_THREADS'] == 1
    assert openvino.largest == build_backend('onnxruntime', file).chunk == 4
