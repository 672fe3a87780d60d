"""A list of what is installed (SBOM), as CycloneDX 1.5 has it."""

import re
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions

from .version import __version__


def sbom(installed: Iterable[Distribution] | None = None) -> dict:
    """The packages of this environment: names, versions, licences, who needs whom.

    Args:
        installed: The packages; by default those of this environment.

    Returns:
        A JSON object: CycloneDX 1.5.

    >>> sbom([])['metadata']['component']['name']
    'mmfsa'
    """
    found = {}
    for package in distributions() if installed is None else installed:
        found.setdefault(_name(package.metadata['Name'] or ''), package)
    found.pop('', None)
    own = found.pop('mmfsa', None)
    refs = {name: _purl(name, package.version) for name, package in found.items()}
    refs['mmfsa'] = _purl('mmfsa', __version__)
    needs = {
        refs[name]: sorted(refs[n] for n in _needed(package) if n in refs and n != name)
        for name, package in [*found.items(), *([('mmfsa', own)] if own else [])]
    }
    return {
        'bomFormat': 'CycloneDX',
        'specVersion': '1.5',
        'version': 1,
        'metadata': {
            'component': {
                'type': 'library',
                'bom-ref': refs['mmfsa'],
                'name': 'mmfsa',
                'version': __version__,
                'licenses': [{'license': {'id': 'Apache-2.0'}}],
            }
        },
        'components': [
            {
                'type': 'library',
                'bom-ref': refs[name],
                'name': name,
                'version': package.version,
                'purl': refs[name],
                **_licence(package),
            }
            for name, package in sorted(found.items())
        ],
        'dependencies': [
            {'ref': ref, 'dependsOn': others} for ref, others in sorted(needs.items())
        ],
    }


def _name(name: str) -> str:
    """As PyPI writes it (PEP 503)."""
    return re.sub(r'[-_.]+', '-', name).lower()


def _purl(name: str, version: str) -> str:
    return f'pkg:pypi/{name}@{version.replace("+", "%2B")}'


def _needed(package: Distribution) -> set[str]:
    """The packages that a package names, those of its extras too."""
    return {_name(re.match(r'[\w.-]+', line)[0]) for line in package.requires or []}


def _licence(package: Distribution) -> dict:
    """The licence as the package states it, in words."""
    expression = package.metadata.get('License-Expression')
    if expression:
        return {'licenses': [{'expression': expression}]}
    classifiers = package.metadata.get_all('Classifier') or []
    named = [c.rpartition(' :: ')[2] for c in classifiers if c.startswith('License ::')]
    text = (
        named[0]
        if named
        else (package.metadata.get('License') or '').partition('\n')[0]
    )
    return {'licenses': [{'license': {'name': text[:80]}}]} if text else {}
