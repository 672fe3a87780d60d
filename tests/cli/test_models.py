"""`mmfsa models`: networks and weights, in a table or in plain lines."""

from mmfsa import zoo
from mmfsa.cli import main


def test_networks_and_weights(capsys):
    assert main(['models']) == 0
    lines = capsys.readouterr().out.splitlines()
    assert 'fsa_caps_1x1.synthetic  Apache-2.0  1.0 MB' in lines
    assert {*zoo.list_models()} <= {line.split()[0] for line in lines}


def test_a_filter_is_a_part_of_the_name_or_a_pattern(capsys):
    assert main(['models', 'vlad']) == 0
    assert capsys.readouterr().out.splitlines() == zoo.list_models('*vlad*')
    assert main(['models', '--license', 'free']) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    only_free = 'depth_forest', 'full', 'own_landmarks_pnp'  # whose weights all are
    free = 'fsa_caps_1x1', *only_free
    assert {*listed} == {*only_free, *(f'{name}.synthetic' for name in free)}
    assert main(['models', 'fsa_caps_1x1.*', '--weights']) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert names == zoo.list_models('fsa_caps_1x1.*', weights=True)
    assert main(['models', 'resnet9000']) == 2
    assert "no model has a name like 'resnet9000'" in capsys.readouterr().err


def test_a_table_in_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr('sys.stdout.isatty', lambda: True)
    monkeypatch.setenv('COLUMNS', '120')
    assert main(['models', '--weights']) == 0
    out = capsys.readouterr().out
    assert 'MAE [°]' in out and 'licence of the weights' in out
    (row,) = [line for line in out.splitlines() if ' fsa_caps_1x1.synthetic ' in line]
    cells = [cell.strip() for cell in row.strip('│').split('│')]
    assert cells == [
        *('fsa_caps_1x1.synthetic', '5.95', '1.0', '0.63'),
        'Apache-2.0',
        'yes',
    ]
    assert 'yours: you have converted them' in ' '.join(out.split())
    (row,) = [line for line in out.splitlines() if 'the default' in line]
    assert f' {zoo.default_model()} ' in row


def test_every_name_is_listed_where_that_is_asked_for(capsys, tmp_path):
    assert main(['models', '--all']) == 0
    lines = capsys.readouterr().out.splitlines()
    names = {line.split()[0] for line in lines}
    assert {*zoo.models(), *(entry.name for entry in zoo.entries())} <= names
    (default,) = (line.split()[0] for line in lines if line.endswith(' MB, default'))
    assert default == zoo.default_model()
    assert main(['models', 'fsa_caps_9']) == 2
    photo = tmp_path / 'a.jpg'
    photo.touch()
    assert main(['predict', str(photo), '--model', 'fsa_caps_9']) == 2
    assert '`mmfsa models --all` lists them all' in capsys.readouterr().err
