"""Where the weights of an experiment are found, and what a missing file is called."""

import pytest

from mmfsa.engine import load_checkpoint
from mmfsa.zoo.weights_folder import MissingWeightsError, WeightsFolder, file_of, needs


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch, tmp_path):
    monkeypatch.setenv('XDG_DATA_HOME', str(tmp_path / 'kept'))


def test_a_missing_file_is_named_with_the_way_to_get_it(tmp_path):
    with WeightsFolder(tmp_path) as folder:
        with pytest.raises(MissingWeightsError) as error:
            folder.find('ssrnet_md_p1')
        message = str(error.value)
        assert 'needs ssrnet_mt.h5 of https://github.com/shamangary/FSA-Net' in message
        assert 'ssrnet_md.300wlp.pth, into the folder of --weights' in message
        assert '`mmfsa convert ssrnet_mt.h5`' in message
        with pytest.raises(MissingWeightsError, match='needs hopenet_alpha2'):
            folder.find('hopenet_resnet50_alpha2', 'hopenet_alpha2.pkl')
        with pytest.raises(MissingWeightsError, match='train fsa_none_wo_p1'):
            folder.find('fsa_none_wo_p1')


def test_what_needs_no_folder():
    with WeightsFolder() as folder:
        assert folder.find('given_pnp') is None
        assert folder.find('fsa_caps_1x1').name == 'fsa_caps_1x1.pth'
    assert needs('given_pnp') == ''


def test_the_authors_file_of_the_other_protocol_has_the_same_name():
    assert file_of('fsa_caps_1x1_p2') == file_of('fsa_caps_1x1_p1') is not None
    assert file_of('vgg16_biwi') is None


def test_a_checkpoint_by_its_name(tmp_path):
    (tmp_path / 'fsa_none_wo.300wlp.pth').touch()
    with WeightsFolder(tmp_path) as folder:
        assert folder.find('fsa_none_wo_p1') == tmp_path / 'fsa_none_wo.300wlp.pth'


def test_the_authors_files(shared):
    """Files of both protocols have one name; the folder around them tells them apart."""
    pytest.importorskip('h5py')
    with WeightsFolder(shared / 'weights/official') as folder:
        found = {
            name: load_checkpoint(folder.find(name))['meta']['config']
            for name in ('fsa_caps_1x1_p1', 'fsa_caps_1x1_p2')
        }
        fusion = folder.find('fsa_caps_fusion_p1')
        assert fusion.is_file()
        assert folder.find('fsa_caps_fusion_p1') == fusion
    assert found == {name: f'{name}.py' for name in found}
    assert not fusion.exists()
