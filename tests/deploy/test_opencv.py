"""OpenCV computes the poses of ONNX Runtime, and refuses what it would compute wrong."""

import cv2
import numpy as np
import onnx
import pytest

from mmfsa.deploy import build_backend
from mmfsa.deploy.norms import NORM, is_square, spell_out_norms
from mmfsa.deploy.onnx_file import read_onnx
from mmfsa.deploy.parity import GATES, deviation, reference_poses


@pytest.fixture
def older(caps, tmp_path):
    """The same network as versions of mmfsa wrote it whose norms were single nodes."""
    proto = onnx.load(caps)
    nodes = []
    for node in proto.graph.node:
        if node.op_type == 'Sqrt' and node.input[0].endswith('_sum'):
            square, total = nodes[-2:]
            (axes,) = (t for t in proto.graph.initializer if t.name == total.input[1])
            proto.graph.initializer.remove(axes)
            node = onnx.helper.make_node(
                NORM,
                [square.input[0]],
                [node.output[0]],
                axes=onnx.numpy_helper.to_array(axes).tolist(),
                keepdims=1,
            )
            nodes[-2:] = []
        nodes.append(node)
    del proto.graph.node[:]
    proto.graph.node.extend(nodes)
    onnx.save(proto, tmp_path / 'older.onnx')
    return tmp_path / 'older.onnx'


@pytest.mark.parametrize('name', ['fsa_caps_1x1_p1', 'fsa_vlad_var_p1', 'ssrnet_md_p1'])
def test_opencv_gives_the_poses_of_onnx_runtime(name, model_file, crops):
    model, _, path = model_file(name)
    assert NORM not in read_onnx(path).operations
    backend = build_backend('opencv', path)
    reference = build_backend('onnxruntime', path).estimate(crops)
    for num in (1, 3, 64, 2):  # other numbers of faces than in the first call
        measured = deviation(backend.estimate(crops[:num]), reference[:num])
        assert measured['max'] < GATES['fp32']['max']
    assert deviation(reference, reference_poses(model, crops))['max'] < 1e-3


def test_norms_are_the_same_numbers(older, crops):
    """What is spelled out is what ONNX Runtime computes from the single nodes."""
    assert NORM in read_onnx(older).operations
    proto = onnx.load(older)
    expected = build_backend('onnxruntime', older).estimate(crops)
    spell_out_norms(proto)
    onnx.checker.check_model(proto, full_check=True)
    assert any(map(is_square, proto.graph.node))
    path = older.with_name('spelled.onnx')
    onnx.save(proto, path)
    for name in ('onnxruntime', 'opencv'):
        poses = build_backend(name, path).estimate(crops)
        assert deviation(poses, expected)['max'] < 1e-3


def test_opencv_would_compute_an_older_file_wrong(older, crops):
    """The reason of the refusal: with a newer OpenCV it may be gone."""
    net = cv2.dnn.readNetFromONNX(str(older))
    expected = build_backend('onnxruntime', older).estimate(crops[:8])
    images = crops[:8].transpose(0, 3, 1, 2).astype(np.float32)
    poses = []
    for image in images:
        net.setInput(image[None])
        poses.append(net.forward()[0].copy())
    assert deviation(np.stack(poses), expected)['max'] > 0.1


def test_opencv_refuses_an_older_file(older):
    with pytest.raises(
        NotImplementedError, match=r'older\.onnx wrong, .*again with `mmfsa export`'
    ):
        build_backend('opencv', older)


def test_opencv_says_what_it_does_not_run(caps, tmp_path):
    with pytest.raises(ValueError, match='runs on the device cpu, not cuda'):
        build_backend('opencv', caps, device='cuda')
    proto = onnx.load(caps)
    proto.graph.node[0].op_type = 'Multinomial'
    path = tmp_path / 'other.onnx'
    onnx.save(proto, path)
    with pytest.raises(
        NotImplementedError, match=r'OpenCV [45].* not run .*other\.onnx'
    ):
        build_backend('opencv', path)


def test_a_file_is_read_as_the_package_onnx_reads_it(caps):
    proto = onnx.load(caps)
    file = read_onnx(caps)
    assert file.metadata == {entry.key: entry.value for entry in proto.metadata_props}
    assert file.operations == {node.op_type for node in proto.graph.node}


def test_a_damaged_file_is_one_sentence(caps, tmp_path):
    """Cut anywhere or with flipped bits, a file is read or refused; nothing else."""
    content = caps.read_bytes()
    path = tmp_path / 'damaged.onnx'
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(150):
        damaged = bytearray(content[: rng.integers(1, len(content))])
        for i in rng.integers(0, min(len(damaged), 4000), 20):
            damaged[i] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        try:
            read_onnx(path)
        except ValueError as e:
            assert str(e).startswith(f'{path} is damaged or no ONNX file')
            refused += 1
    assert refused > 100
