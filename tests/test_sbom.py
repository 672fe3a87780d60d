"""The SBOM lists what is installed."""

import json
from importlib.metadata import version

from mmfsa.cli import main
from mmfsa.sbom import sbom


def test_what_is_installed():
    found = sbom()
    assert found['bomFormat'] == 'CycloneDX' and found['specVersion'] == '1.5'
    components = {part['name']: part for part in found['components']}
    assert components['numpy']['version'] == version('numpy')
    assert components['numpy']['purl'] == f'pkg:pypi/numpy@{version("numpy")}'
    assert 'MIT' in json.dumps(components['rich']['licenses'])
    refs = [part['bom-ref'] for part in found['components']]
    assert len(refs) == len({*refs})
    known = {*refs, found['metadata']['component']['bom-ref']}
    for entry in found['dependencies']:
        assert {entry['ref'], *entry['dependsOn']} <= known
    needs = {entry['ref']: entry['dependsOn'] for entry in found['dependencies']}
    assert (
        components['markdown-it-py']['bom-ref'] in needs[components['rich']['bom-ref']]
    )


def test_the_verb_writes_it(tmp_path, capsys):
    path = tmp_path / 'sbom.json'
    assert main(['doctor', '--sbom', str(path)]) == 0
    assert f'wrote {path}' in capsys.readouterr().out
    assert json.loads(path.read_text())['components']
