"""A network file is made ready once; what the cache holds is checked."""

import pytest

from mmfsa.detection.kept_model import kept_model


@pytest.fixture
def network(tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    file = tmp_path / 'network.onnx'
    file.write_bytes(b'content')
    return file


def test_a_model_is_made_once_for_each_file(network):
    made = []

    def make(file):
        made.append(file)
        return file.read_bytes() + b', ready'

    kept = kept_model(network, make)
    assert kept.read_bytes() == b'content, ready'
    assert kept_model(network, make) == kept and len(made) == 1
    network.write_bytes(b'other')
    other = kept_model(network, make)
    assert other != kept and other.read_bytes() == b'other, ready' and len(made) == 2


@pytest.mark.parametrize('damage', [b'contenu, ready', b'', None])
def test_a_damaged_model_is_made_again(network, damage):
    def make(file):
        return file.read_bytes() + b', ready'

    kept = kept_model(network, make)
    kept.unlink() if damage is None else kept.write_bytes(damage)
    assert kept_model(network, make).read_bytes() == b'content, ready'


def test_without_a_cache_the_content_is_there(network, monkeypatch):
    monkeypatch.setenv('XDG_CACHE_HOME', str(network))  # a file, not a folder
    assert kept_model(network, lambda file: file.read_bytes()) == b'content'
