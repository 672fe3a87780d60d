"""Engines are built here without a GPU, for others; what would need one is faked."""

import ctypes
import json
import re
import runpy
import shutil
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
import torch

from mmfsa.deploy import ModelCard, build_backend
from mmfsa.deploy.backends import backends_of
from mmfsa.deploy.backends.tensorrt_backend import TensorRTBackend
from mmfsa.deploy.card import sha256
from mmfsa.deploy.cuda import Cuda, CudaGraphs
from mmfsa.deploy.engine import build_engine, load_engine, sidecar_path
from mmfsa.deploy.precision import quantisable, to_fp16, to_int8
from mmfsa.zoo import config_dir

VARIANTS = sorted(path.stem for path in config_dir().glob('*_p1.py'))
REPRESENTATIVE = 'fsa_caps_1x1_p1', 'fsa_vlad_var_p1', 'fsa_none_wo_p1'
# Of one export of the paper's model, as it is, TensorRT-RTX makes 618.
LAYERS = {'fsa_caps_1x1_p1': 160, 'fsa_caps_wo_p1': 130}
TARGETS = '86', '89'


@pytest.fixture(scope='session')
def rtx():
    return pytest.importorskip('tensorrt_rtx', reason='TensorRT-RTX is not installed')


@pytest.fixture(scope='session')
def half(model_file, crops, tmp_path_factory):
    """The float16 file of an experiment."""
    folder = tmp_path_factory.mktemp('half')

    def convert(name):
        path = folder / f'{name}.onnx'
        if not path.is_file():
            to_fp16(model_file(name)[2], path, crops[:8])
        return path

    return convert


def build(source, path, **options):
    options = dict(package='tensorrt_rtx', targets=TARGETS) | options
    return build_engine(source, path, (1, 4, 16), **options)


@pytest.mark.parametrize(
    'name',
    [
        name if name in REPRESENTATIVE else pytest.param(name, marks=pytest.mark.slow)
        for name in VARIANTS
    ],
)
def test_every_variant_builds_in_both_precisions(name, rtx, model_file, half, tmp_path):
    single = model_file(name)[2]
    for source, kind in ((single, 'FLOAT'), (half(name), 'HALF')):
        path = tmp_path / f'{kind}.engine'
        sidecar = build(source, path)
        network = sidecar['network']
        assert {*network['types']['CONVOLUTION']} == {kind}
        if kind == 'FLOAT':
            assert network['layers'] == LAYERS.get(name, network['layers'])
        assert path.stat().st_size > 500_000
        assert json.loads(sidecar_path(path).read_text()) == json.loads(
            json.dumps(sidecar)
        )
    assert backends_of(path) == ['tensorrt-rtx']


def test_int8_convolutions_are_counted(rtx, caps, crops, tmp_path):
    layers = quantisable(onnx.load(caps))
    convolutions = [name for name in layers if name.endswith('Conv')]
    to_int8(caps, tmp_path / 'int8.onnx', crops[:8], keep=convolutions[:10])
    sidecar = build(tmp_path / 'int8.onnx', tmp_path / 'int8.engine')
    found = sidecar['network']['types']['CONVOLUTION']
    assert found == {'INT8': len(convolutions) - 10, 'FLOAT': 10}


def test_the_sidecar_says_what_an_engine_is_bound_to(rtx, caps, tmp_path):
    path = tmp_path / 'engines' / 'model.engine'
    path.parent.mkdir()
    sidecar = build(caps, path)
    assert (path.parent / sidecar['onnx']).samefile(caps)
    assert sidecar['onnx_sha256'] == sha256(caps)
    assert sidecar['engine_sha256'] == sha256(path)
    assert sidecar['profile'] == [1, 4, 16]
    assert (sidecar['gpu'], sidecar['targets']) == (None, [*TARGETS])
    assert (sidecar['package'], sidecar['version']) == (
        'tensorrt_rtx',
        rtx.__version__,
    )
    written = json.loads(sidecar_path(path).read_text())['card']
    assert ModelCard.from_dict(written, path) == ModelCard.read(caps)


@pytest.mark.parametrize(('claimed', 'true'), [('fp16', 'FLOAT'), ('int8', 'FLOAT')])
def test_a_file_that_claims_another_precision(
    claimed, true, rtx, caps, tmp_path, monkeypatch
):
    proto = onnx.load(caps)
    onnx.helper.set_model_props(
        proto, ModelCard.read(caps).to_metadata() | {'mmfsa.precision': f'"{claimed}"'}
    )
    onnx.save(proto, tmp_path / 'false.onnx')
    with pytest.raises(
        ValueError, match=rf'claims to be {claimed}, but .*{true}.*: no engine is built'
    ):
        build(tmp_path / 'false.onnx', tmp_path / 'false.engine')
    assert not (tmp_path / 'false.engine').exists()


def test_every_parser_error_is_told(rtx, caps, tmp_path):
    proto = onnx.load(caps)
    for node in proto.graph.node:
        if node.op_type == 'Softmax':
            node.op_type, node.domain = 'Softmaximum', 'elsewhere'
    onnx.save(proto, tmp_path / 'unknown.onnx')
    with pytest.raises(ValueError, match=r'cannot parse .*unknown\.onnx:\n.*Softmaxim'):
        build(tmp_path / 'unknown.onnx', tmp_path / 'unknown.engine')


@pytest.mark.parametrize('profile', [(0, 1, 2), (4, 2, 8), (1, 9, 8)])
def test_profiles_that_make_no_sense(profile, rtx, caps, tmp_path):
    with pytest.raises(ValueError, match='profile must be 1 <= MIN <= OPT <= MAX, got'):
        build_engine(caps, tmp_path / 'a.engine', profile, 'tensorrt_rtx', TARGETS)


def test_where_no_engine_can_be_built(rtx, caps, tmp_path, monkeypatch):
    path = tmp_path / 'a.engine'
    with pytest.raises(ValueError, match=r'builds for .*SM86.*, not for SM90'):
        build(caps, path, targets=('90',))
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match=r'no NVIDIA GPU .*--targets'):
            build(caps, path, targets=())
    monkeypatch.setitem(sys.modules, 'tensorrt', rtx)
    with pytest.raises(ValueError, match='targets are for tensorrt-rtx'):
        build(caps, path, package='tensorrt')
    monkeypatch.setitem(sys.modules, 'tensorrt', None)
    with pytest.raises(
        ImportError, match=r'^tensorrt does not import .*pip install tensorrt'
    ):
        build(caps, path, package='tensorrt')
    assert not path.exists()


class FakeCuda(Cuda):
    """The seam without a GPU: torch's CPU takes its place."""

    device = torch.device('cpu')
    name = 'NVIDIA Test'
    current_stream = 1

    def __init__(self):
        self.captures = self.replays = 0

    def device_name(self):
        return self.name

    def stream(self):
        return self.current_stream

    def capture(self, run):
        self.captures += 1
        outputs = run()

        def replay():
            self.replays += 1
            for name, value in run().items():
                outputs[name].copy_(value)

        return outputs, replay


def array_at(address, shape):
    floats = (ctypes.c_float * int(np.prod(shape))).from_address(address)
    return np.frombuffer(floats, np.float32).reshape(shape)


class FakeContext:
    """Computes at the addresses that it was given, as an execution context does."""

    def __init__(self):
        self.addresses, self.streams = {}, []

    def set_input_shape(self, name, shape):
        self.shape = shape
        return name == 'images'

    def infer_shapes(self):
        return []

    def get_tensor_shape(self, _):
        return self.shape[0], 3

    def set_tensor_address(self, name, address):
        self.addresses[name] = address
        return True

    def execute_async_v3(self, stream):
        self.streams.append(stream)
        images = array_at(self.addresses['images'], self.shape)
        array_at(self.addresses['pose'], (len(images), 3))[:] = images.mean((2, 3))
        return True


class FakeEngine:
    names = 'images', 'pose'
    num_io_tensors = 2

    def __init__(self):
        self.contexts = []

    def get_tensor_name(self, i):
        return self.names[i]

    def get_tensor_mode(self, name):
        return 'OUTPUT' if name == 'pose' else 'INPUT'

    def get_tensor_dtype(self, _):
        return 'float32'

    def create_execution_context(self):
        self.contexts.append(FakeContext())
        return self.contexts[-1]


@pytest.fixture
def runtime(monkeypatch, caps, tmp_path):
    """A TensorRT that runs anywhere, an engine of its, and a GPU."""
    fake = SimpleNamespace(
        __name__='tensorrt',
        __version__='11.0',
        engine=FakeEngine(),
        Logger=type('Logger', (), dict(WARNING=2, __init__=lambda *_: None)),
        TensorIOMode=SimpleNamespace(OUTPUT='OUTPUT'),
        nptype=np.dtype,
    )
    fake.Runtime = lambda _: SimpleNamespace(
        deserialize_cuda_engine=lambda _: fake.engine
    )
    monkeypatch.setitem(sys.modules, 'tensorrt', fake)
    shutil.copy(caps, tmp_path / 'model.onnx')
    path = tmp_path / 'model.engine'
    path.write_bytes(b'an engine')
    sidecar = dict(
        card=ModelCard.read(caps).to_dict(),
        onnx='model.onnx',
        onnx_sha256=sha256(caps),
        package='tensorrt',
        version='11.0',
        gpu=FakeCuda.name,
        targets=[],
        profile=[2, 4, 16],
        engine_sha256=sha256(path),
    )
    sidecar_path(path).write_text(json.dumps(sidecar))
    return SimpleNamespace(trt=fake, path=path, sidecar=sidecar, cuda=FakeCuda())


@pytest.mark.parametrize('graphs', [False, True])
def test_the_backend_runs_an_engine(graphs, runtime, crops):
    backend = TensorRTBackend(runtime.path, cuda_graphs=graphs, cuda=runtime.cuda)
    means = crops.astype(np.float32).mean((1, 2))
    for num in (2, 5, 2, 2):
        poses = backend.estimate(crops[:num])
        np.testing.assert_allclose(poses, means[:num], rtol=1e-5)
    first = backend({'images': torch.zeros(2, 3, 64, 64)})['pose']
    backend({'images': torch.ones(2, 3, 64, 64)})
    assert not first.any(), 'the next call overwrote the outputs'
    (context,) = runtime.trt.engine.contexts
    assert {*context.streams} == {1}
    # One graph for each of the two batch sizes.
    assert (runtime.cuda.captures, runtime.cuda.replays) == (2 * graphs, 6 * graphs)


def test_every_stream_has_a_context_of_its_own(runtime, crops):
    backend = TensorRTBackend(runtime.path, cuda_graphs=False, cuda=runtime.cuda)
    for stream in (7, 8, 7):
        runtime.cuda.current_stream = stream
        backend.estimate(crops[:2])
    seven, eight = runtime.trt.engine.contexts
    assert (seven.streams, eight.streams) == ([7, 7], [8])


def test_batches_outside_of_the_profile(runtime, crops):
    backend = TensorRTBackend(runtime.path, cuda=runtime.cuda)
    for num in (1, 17):
        with pytest.raises(ValueError, match=rf'batch of {num} is outside .* 2 to 16'):
            backend.estimate(crops[:num])


@pytest.mark.parametrize(
    ('method', 'answer', 'what'),
    [
        ('set_input_shape', False, 'shape of images'),
        ('infer_shapes', ['images'], 'shapes of the inputs'),
        ('set_tensor_address', False, 'address of images'),
        ('execute_async_v3', False, 'call'),
    ],
)
def test_what_tensorrt_refuses_is_an_error(
    method, answer, what, runtime, crops, monkeypatch
):
    monkeypatch.setattr(FakeContext, method, lambda *_: answer)
    backend = TensorRTBackend(runtime.path, cuda_graphs=False, cuda=runtime.cuda)
    with pytest.raises(RuntimeError, match=f'TensorRT refused the {what}'):
        backend.estimate(crops[:2])


def write_sidecar(runtime, **changes):
    content = json.dumps(runtime.sidecar | changes)
    sidecar_path(runtime.path).write_text(content)


def damage_the_engine(runtime):
    runtime.path.write_bytes(b'an engin')


def change_the_onnx(runtime):
    runtime.path.with_name('model.onnx').write_bytes(b'another one')


def refuse(runtime):
    runtime.trt.engine = None


def refuse_other_targets(runtime):
    write_sidecar(runtime, gpu=None, targets=['86', '89'])
    runtime.trt.engine = None


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (damage_the_engine, r'model\.engine is damaged: it is not what was built'),
        (change_the_onnx, r'model\.engine is stale: .*model\.onnx has changed since'),
        (
            lambda r: write_sidecar(r, version='10.3'),
            r'was built by tensorrt 10\.3, this is tensorrt 11\.0; build it again from m',
        ),
        (
            lambda r: write_sidecar(r, gpu='NVIDIA Other'),
            'was built on a NVIDIA Other, this is a NVIDIA Test; build it again',
        ),
        (refuse, r'tensorrt 11\.0 cannot load .*model\.engine, built for NVIDIA Test'),
        (refuse_other_targets, r'built for SM86, SM89, on a NVIDIA Test; build it aga'),
        (
            lambda r: sidecar_path(r.path).write_text('{'),
            r'model\.engine\.json is damaged .*: build the engine again',
        ),
        (
            lambda r: sidecar_path(r.path).write_text('{}'),
            r'model\.engine\.json was not written by `mmfsa engine`',
        ),
        (
            lambda r: sidecar_path(r.path).write_text('1'),
            r'model\.engine\.json was not written by `mmfsa engine`',
        ),
        (
            lambda r: (r.sidecar.pop('version'), write_sidecar(r)),
            r'model\.engine\.json was not written by `mmfsa engine`',
        ),
    ],
)
def test_engines_that_do_not_belong_here(change, message, runtime):
    change(runtime)
    with pytest.raises(ValueError, match=message) as error:
        load_engine(runtime.path, runtime.trt, runtime.cuda)
    assert '\n' not in str(error.value)


def test_engines_that_are_not_there(runtime):
    sidecar_path(runtime.path).unlink()
    with pytest.raises(FileNotFoundError, match=r'there is no .*model\.engine\.json: '):
        load_engine(runtime.path, runtime.trt, runtime.cuda)


def test_a_corrupted_engine_of_the_real_library(rtx, caps, tmp_path):
    path = tmp_path / 'model.engine'
    build(caps, path)
    content = bytearray(path.read_bytes())
    content[1000] ^= 255
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r'model\.engine is damaged'):
        TensorRTBackend(path, 'tensorrt_rtx', cuda=FakeCuda())


def test_no_gpu(runtime):
    if torch.cuda.is_available():
        pytest.skip('there is a GPU')
    with pytest.raises(ValueError, match='no NVIDIA GPU that torch can use') as error:
        build_backend('tensorrt', runtime.path)
    assert '\n' not in str(error.value)


def test_timing_caches_are_kept_by_what_they_depend_on(rtx, caps, tmp_path):
    for profile in ((1, 4, 16), (1, 4, 16), (1, 2, 16)):
        build_engine(
            caps,
            tmp_path / 'model.engine',
            profile,
            'tensorrt_rtx',
            TARGETS,
            tmp_path / 'timings',
        )
    caches = [*(tmp_path / 'timings').iterdir()]
    assert len(caches) == 2
    assert all(cache.suffix == '.timing' for cache in caches)


def test_cuda_graphs_are_captured_once_for_each_shape():
    cuda = FakeCuda()
    calls = Counter()

    def run(inputs):
        calls[inputs['x'].shape] += 1
        return dict(y=inputs['x'] * 2)

    graphs = CudaGraphs(cuda, run)
    for size in (1, 3, 1):
        x = torch.rand(size)
        assert torch.equal(graphs({'x': x})['y'], x * 2)
    assert cuda.captures == 2
    assert calls[torch.Size([1])] == 1 + 1 + 2  # to set up, to capture, replayed


def test_threads_share_cuda_graphs():
    """Every replay writes to the same memory."""
    cuda = FakeCuda()
    graphs = CudaGraphs(cuda, lambda inputs: dict(y=inputs['x'] * 2))
    numbers = [torch.full((1000,), float(i)) for i in range(200)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda x: graphs(dict(x=x))['y'], numbers))
    assert all(torch.equal(y, 2 * x) for x, y in zip(numbers, found, strict=True))
    assert cuda.captures == 1


def test_the_demo_without_mmfsa(runtime, crops, tmp_path, monkeypatch, capsys):
    """On the fake runtime, and memory of the host's in the place of CUDA's."""
    memory = []

    def allocate(pointer, size, _):
        memory.append(ctypes.create_string_buffer(size.value))
        pointer._obj.value = ctypes.addressof(memory[-1])
        return 0

    cudart = SimpleNamespace(
        cudaMallocManaged=allocate, cudaDeviceSynchronize=lambda: 0
    )
    monkeypatch.setattr(ctypes, 'CDLL', lambda _: cudart)
    images = crops[:3].transpose(0, 3, 1, 2).astype(np.float32)
    np.save(tmp_path / 'crops.npy', images)
    demo = Path(__file__).resolve().parents[2] / 'demo/tensorrt_demo.py'
    arguments = [str(demo), str(runtime.path), str(tmp_path / 'crops.npy')]
    monkeypatch.setattr(sys, 'argv', arguments)
    runpy.run_path(demo)
    numbers = re.findall(r'\d+\.\d*', capsys.readouterr().out)
    expected = images.mean((2, 3)).flatten()
    np.testing.assert_allclose([float(n) for n in numbers], expected, rtol=1e-4)
