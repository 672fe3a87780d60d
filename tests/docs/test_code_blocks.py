"""Every command and every line of Python in the documentation runs, or says why not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmfsa.utils.doc_blocks import read_blocks

ROOT = Path(__file__).resolve().parents[2]
RUN_DOCS = ROOT / 'tools/misc/run_docs.py'
PAGES = [
    path.relative_to(ROOT)
    for pattern in ('*.md', 'docs/*/*.md', 'docs/en/*.ipynb', 'projects/**/*.md')
    for path in sorted(ROOT.glob(pattern))
]


def run(page, folder):
    """Run a page in a folder, with the commands of this environment."""
    paths = [str(Path(sys.executable).parent), os.environ['PATH']]
    return subprocess.run(
        [sys.executable, '-W', 'ignore', RUN_DOCS, '--here', page],
        cwd=folder,
        env=dict(os.environ, PATH=os.pathsep.join(paths), OMP_NUM_THREADS='1'),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )


@pytest.mark.parametrize('page', PAGES, ids=str)
def test_page(page, request):
    blocks = read_blocks(ROOT / page)
    if all(block.not_run for block in blocks):
        return
    if not any(block.file for block in blocks):  # files may register parts for good
        request.getfixturevalue('run_page')(ROOT / page)
        return
    done = run(ROOT / page, request.getfixturevalue('scratch'))
    assert done.returncode == 0, (
        f'{page}: fix it, or say why it can not be run:\n\n' + (done.stdout[-4000:])
    )


def write(folder, text):
    page = folder / 'page.md'
    page.write_text(text)
    return page


@pytest.fixture
def run_here(run_tool, tmp_path):
    """Runs a page of this text in this process, in a folder of its own."""

    def run(text, fails=False):
        page = write(tmp_path, text)
        return run_tool('misc/run_docs.py', page, cwd=tmp_path, fails=fails)

    return run


def test_python_blocks_share_their_names_and_files_are_written(run_here, tmp_path):
    printed = run_here(
        '<!-- file: part_of_a_page.py -->\n```python\nvalue = 6\n```\n'
        '```python\nfrom part_of_a_page import value\n```\n'
        '```python\nprint(7 * value)\n```\n'
    )
    assert printed.endswith('\n42\n')
    assert (tmp_path / 'part_of_a_page.py').read_text() == 'value = 6\n'


def test_failing_python_names_its_line(run_here):
    with pytest.raises(ZeroDivisionError) as error:
        run_here('```python\n\n1 / 0\n```\n')
    assert error.traceback[-1].lineno + 1 == 3
    assert str(error.traceback[-1].path).endswith('page.md')


def test_a_failing_command_names_its_line(run_here, tmp_path):
    reported = run_here('```shell\ntrue\nfalse | cat\ntouch reached\n```\n', fails=True)
    assert 'page.md:2: exit status 1' in reported
    assert not (tmp_path / 'reached').exists()


def test_the_command_runs_here(run_tool, tmp_path, monkeypatch):
    seen = []

    def command(arguments):
        seen.append((arguments, os.environ['NAME']))
        return len(seen) - 1

    monkeypatch.setattr('mmfsa.cli.main', command)
    text = '```shell\nexport NAME=here\nmmfsa test \\\n  model.py\n```\n'
    run_tool('misc/run_docs.py', '--here', write(tmp_path, text), cwd=tmp_path)
    assert seen == [(['test', 'model.py'], 'here')]
    page = write(tmp_path, text)
    reported = run_tool('misc/run_docs.py', '--here', page, cwd=tmp_path, fails=True)
    assert 'page.md:2: exit status 1' in reported
