"""Workflows and templates parse, and name only what exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    path.relative_to(ROOT)
    for pattern in ('*.md', 'docs/*/*.md', 'projects/**/*.md', 'configs/**/*.md')
    for path in sorted(ROOT.glob(pattern))
]
WORKFLOWS = {path.stem: path for path in (ROOT / '.github/workflows').glob('*.yml')}


def commands(workflow):
    for job in yaml.safe_load(workflow.read_text())['jobs'].values():
        for step in job['steps']:
            assert ('run' in step) != ('uses' in step)
            yield from step.get('run', '').splitlines()


def test_there_is_a_workflow_for_each_purpose():
    assert {*WORKFLOWS} == {'lint', 'tests', 'docs', 'wheel'}


@pytest.mark.parametrize('name', WORKFLOWS)
def test_workflow(name):
    workflow = yaml.safe_load(WORKFLOWS[name].read_text())
    assert workflow['name'] == name
    assert 'pull_request' in workflow[True]  # YAML reads the key `on` as true
    assert workflow['permissions'] == {'contents': 'read'}
    targets = re.findall(r'^([\w-]+):', (ROOT / 'Makefile').read_text(), re.MULTILINE)
    used = [line.split()[1] for line in commands(WORKFLOWS[name]) if 'make ' in line]
    assert {*used} <= {*targets}


def test_actions_are_pinned_by_their_commits():
    """A tag can be moved to other code. The comment says which version a commit is."""
    pins = {}
    for path in WORKFLOWS.values():
        for line in re.findall(r'^.*\buses:.*$', path.read_text(), re.MULTILINE):
            pin = r'.*uses: ([\w-]+(?:/[\w-]+)+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)'
            action, *which = re.fullmatch(pin, line).groups()
            assert pins.setdefault(action, which) == which, action
    assert {'actions/checkout', 'actions/setup-python'} <= {*pins}


def test_the_supported_versions_are_tested():
    workflow = yaml.safe_load(WORKFLOWS['tests'].read_text())
    matrix = workflow['jobs']['tests']['strategy']['matrix']
    classifiers = (ROOT / 'pyproject.toml').read_text()  # tomllib needs Python 3.11
    versions = re.findall(r'Python :: (3\.\d+)', classifiers)
    assert matrix['python'] == versions
    assert [name.split('==')[0] for name in matrix['mmengine']] == [
        'mmengine',
        'onedl-mmengine',
    ]


def test_pins_fit_every_supported_python():
    """A package has one pin for each Python, or a marker says where it has none."""
    from packaging.requirements import Requirement

    matrix = yaml.safe_load(WORKFLOWS['tests'].read_text())['jobs']['tests']['strategy']
    lines = (ROOT / 'constraints.txt').read_text().splitlines()
    pins = [Requirement(line) for line in lines if not line.startswith('#')]
    for python in matrix['matrix']['python']:
        where = dict(python_version=python, python_full_version=f'{python}.9')
        names = [
            pin.name for pin in pins if not pin.marker or pin.marker.evaluate(where)
        ]
        assert len(names) == len({*names}), python
        assert {'numpy', 'scipy', 'fastapi', 'onnxruntime', 'Sphinx'} <= {*names}
    (numpy_2,) = (
        p for p in pins if p.name == 'numpy' and '2.' in str(p.specifier)[2:4]
    )
    assert numpy_2.marker.evaluate(dict(python_version='3.13'))
    assert not numpy_2.marker.evaluate(dict(python_version='3.12'))


def test_locks_have_the_pinned_versions_with_hashes():
    """`make lock` writes them anew where a pin or an extra changes."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lines = (ROOT / 'constraints.txt').read_text().splitlines()
    pins = {(r.name, str(r.specifier)) for r in map(Requirement, lines[3:])}
    pins = {(canonicalize_name(name), version) for name, version in pins}
    locked = {}
    for name in ('train', 'test'):
        text = (ROOT / f'requirements/{name}.txt').read_text()
        blocks = re.findall(
            r'^(\S.*==.*?)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$', text, re.M
        )
        assert len(blocks) == len(re.findall(r'^\w.*==', text, re.M))
        locked[name] = {
            (canonicalize_name(r.name), str(r.specifier))
            for r in (Requirement(line) for line, _ in blocks)
        }
    assert locked['train'] <= locked['test']
    elsewhere = {'colorama', 'httpx2-jsfetch', 'pyreadline3', 'regex'}  # not on Linux
    unpinned = {name for name, _ in locked['test'] - pins} - elsewhere
    assert not unpinned


def test_a_python_that_no_release_supports_is_refused_in_one_sentence():
    make = (ROOT / 'Makefile').read_text()
    check = re.search(r'CHECK_PYTHON := (.*?)\n\w', make, re.DOTALL)[1]
    check = check.replace('\\\n    ', '')
    for version, refused in {
        (3, 9): True,
        (3, 10): False,
        (3, 13): False,
        (3, 14): True,
    }.items():
        code = check.replace('sys.version_info', repr(version))
        done = subprocess.run(
            [sys.executable, '-c', code], capture_output=True, text=True
        )
        assert done.returncode == refused
        sentence = 'mmfsa runs on Python 3.10 to 3.13, and this is 3.%d: make PYTHON='
        assert done.stderr.startswith(sentence % version[1] if refused else '')
        assert done.stderr.count('\n') == refused


def test_install_lines_name_extras_that_exist():
    project = (ROOT / 'pyproject.toml').read_text()  # tomllib needs Python 3.11
    optional = project.partition('[project.optional-dependencies]')[2]
    extras = {*re.findall(r'^([\w-]+) = \[', optional, re.MULTILINE)}
    files = [*ROOT.glob('*.md'), *ROOT.glob('docs/en/*'), *ROOT.glob('mmfsa/**/*.py')]
    named = set()
    for path in files:
        lines = re.findall(
            r'pip install [^\n]*?(?:mmfsa|\.)\[([\w,-]+)\]', path.read_text()
        )
        for line in lines:
            named.update(line.split(','))
    assert {'all', 'deploy', 'detect', 'openmmlab', 'serve'} <= named <= extras


@pytest.mark.parametrize('form', ['bug_report', 'feature_request'])
def test_issue_form(form):
    content = yaml.safe_load((ROOT / f'.github/ISSUE_TEMPLATE/{form}.yml').read_text())
    assert {'name', 'description', 'body'} <= {*content}
    ids = [field['id'] for field in content['body']]
    assert len(ids) == len({*ids})
    assert all(field['attributes']['label'] for field in content['body'])


def test_changelog_knows_the_version():
    from mmfsa.version import __version__

    assert f'## {__version__}' in (ROOT / 'CHANGELOG.md').read_text()


@pytest.mark.parametrize('page', PAGES, ids=str)
def test_links_lead_somewhere(page):
    """Those to files; in docs/ the build checks them, too."""
    text = re.sub(r'```.*?```', '', (ROOT / page).read_text(), flags=re.DOTALL)
    for link in re.findall(r'\]\(([^)\s]+)\)', text):
        if not re.match(r'[a-z]+:|#', link):
            assert (ROOT / page).parent.joinpath(link.partition('#')[0]).exists(), link
