"""Foreign weights are recognised and converted, or refused by name."""

import numpy as np
import pytest
import torch

from mmfsa.cli import main
from mmfsa.engine import load_checkpoint, save_checkpoint
from mmfsa.utils.files import sha256
from mmfsa.zoo import find_model, kept_path
from mmfsa.zoo.convert import convert
from mmfsa.zoo.foreign import read_keras, read_tensors


def test_the_checkpoint_says_where_it_comes_from(shared, run_tool, tmp_path):
    source = shared / 'weights/official/BIWI/fsanet_capsule_3_16_2_21_5.h5'
    printed = run_tool(
        'model_converters/keras_to_mmfsa.py', source, tmp_path / 'model.pth'
    )
    assert printed == 'fsa_caps_1x1_p2.py\n'
    meta = load_checkpoint(tmp_path / 'model.pth')['meta']
    assert meta['config'] == 'fsa_caps_1x1_p2.py'
    assert meta['source'] == source.name
    assert meta['source_sha256'] == sha256(source)
    assert convert(source, tmp_path / 'p1.pth', protocol='p1') == 'fsa_caps_1x1_p1.py'


def test_without_a_path_the_checkpoint_is_kept(shared, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv('XDG_DATA_HOME', str(tmp_path))
    source = shared / 'weights/official/300W_LP/fsanet_metric_3_16_2_21_5.h5'
    assert main(['convert', str(source)]) == 0
    printed = capsys.readouterr().out
    assert 'kept as fsa_none_1x1.300wlp' in printed
    assert printed.split()[-1] == 'fsa_none_1x1_p1.py'
    assert find_model('fsa_none_1x1')[1] == kept_path('fsa_none_1x1.300wlp')


def test_diverged_weights_are_refused(shared, tmp_path):
    source = shared / 'weights/official/300W_LP/fsanet_var_netvlad_3_16_2_21_5.h5'
    with pytest.raises(ValueError, match=r'NaN.* separable_conv2d_1/depthwise_kernel'):
        convert(source, tmp_path / 'model.pth')
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (lambda t: t.pop('delta_s2/bias'), 'missing delta_s2/bias'),
        (lambda t: t.update({'extra/kernel': np.ones(3)}), 'surplus extra/kernel'),
        (
            lambda t: t.update({'dense_2/kernel': np.ones((192, 30))}),
            r'misshapen dense_2/kernel \(192, 30\)',
        ),
        (lambda t: t.pop('caps/W'), 'none of the FSA-Net models'),
    ],
)
def test_other_tensors_are_refused_by_name(
    edit, message, shared, tmp_path, monkeypatch
):
    source = shared / 'weights/official/300W_LP/fsanet_capsule_3_16_2_21_5.h5'
    tensors = read_keras(source)
    edit(tensors)
    monkeypatch.setattr('mmfsa.zoo.convert.read_tensors', lambda _: tensors)
    with pytest.raises(ValueError, match=message):
        convert(source, tmp_path / 'model.pth')


def test_files_that_are_no_keras_weights_are_refused(tmp_path):
    import h5py

    with h5py.File(tmp_path / 'other.h5', 'w') as file:
        file['x'] = np.ones(3)
    with pytest.raises(ValueError, match=r'other\.h5 holds no Keras weights'):
        convert(tmp_path / 'other.h5', tmp_path / 'model.pth')


def test_files_of_another_format_than_their_name_are_refused(tmp_path):
    (tmp_path / 'text.h5').write_text('no HDF5')
    with pytest.raises(ValueError, match=r'text\.h5 is damaged, or not an HDF5 file'):
        convert(tmp_path / 'text.h5', tmp_path / 'model.pth')
    (tmp_path / 'text.txt').write_text('no weights')
    with pytest.raises(ValueError, match=r'text\.txt is no file of weights'):
        convert(tmp_path / 'text.txt', tmp_path / 'model.pth')
    save_checkpoint(dict(state_dict={'a': torch.ones(1)}), tmp_path / 'torch.h5')
    with pytest.raises(ValueError, match=r'is a PyTorch checkpoint: name it \.pth'):
        convert(tmp_path / 'torch.h5', tmp_path / 'model.pth')
    with pytest.raises(FileNotFoundError, match=r'there is no file .*none\.h5'):
        convert(tmp_path / 'none.h5', tmp_path / 'model.pth')


def write_onnx(path):
    import onnx

    tensor = onnx.numpy_helper.from_array(np.ones(9, np.float32), 'a')
    node = onnx.helper.make_node('Identity', ['a'], ['y'])
    output = onnx.helper.make_tensor_value_info('y', onnx.TensorProto.FLOAT, [9])
    graph = onnx.helper.make_graph([node], 'g', [], [output], [tensor])
    onnx.save(onnx.helper.make_model(graph), path)


WRITERS = {
    'a.npz': lambda path: np.savez(path, a=np.ones(9, np.float32)),
    'a.pth': lambda path: save_checkpoint(dict(state_dict={'a': torch.ones(9)}), path),
    'a.pkl': lambda path: torch.save(
        {'a': torch.ones(9)}, path, _use_new_zipfile_serialization=False
    ),
    'a.onnx': write_onnx,
}


@pytest.mark.parametrize('name', WRITERS)
def test_every_format_is_read_whole_or_not_at_all(name, tmp_path):
    path = tmp_path / name
    WRITERS[name](path)
    assert read_tensors(path)['a'].tolist() == [1] * 9
    content = path.read_bytes()
    for share in (0, 0.3, 0.9):
        path.write_bytes(content[: int(share * len(content))])
        with pytest.raises(ValueError, match=name.replace('.', r'\.')):
            read_tensors(path)


def test_an_option_that_the_files_do_not_take(shared, tmp_path):
    source = shared / 'weights/official/300W_LP/ssrnet_mt.h5'
    with pytest.raises(ValueError, match=r'the Keras files .* no option colour'):
        convert(source, tmp_path / 'model.pth', colour='RGB')


def test_unknown_files_list_what_is_converted(tmp_path):
    save_checkpoint(dict(state_dict={'a': torch.tensor([1.0])}), tmp_path / 'other.pth')
    with pytest.raises(
        ValueError, match=r'other\.pth is not a file that mmfsa can convert: .*FSA-Net'
    ):
        convert(tmp_path / 'other.pth', tmp_path / 'model.pth')
    assert not (tmp_path / 'model.pth').exists()


def test_tensors_of_a_wrapped_checkpoint(tmp_path):
    path = tmp_path / 'wrapped.pth'
    save_checkpoint(dict(state_dict={'module.a': torch.tensor([1.0, 2.0])}), path)
    assert read_tensors(path)['a'].tolist() == [1, 2]
    save_checkpoint(dict(state_dict={'a': torch.tensor([np.nan])}), path)
    with pytest.raises(
        ValueError, match=r'NaN or infinite values in 1 of 1 tensors: a'
    ):
        read_tensors(path)
