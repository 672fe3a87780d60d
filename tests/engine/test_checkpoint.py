import torch

from mmfsa.engine import save_checkpoint


def test_a_file_does_not_depend_on_its_name(tmp_path):
    for name in ('a.pth', 'another_name.pth'):
        save_checkpoint(dict(state_dict=dict(weight=torch.ones(3))), tmp_path / name)
    assert (tmp_path / 'a.pth').read_bytes() == (
        tmp_path / 'another_name.pth'
    ).read_bytes()
