"""Every command and every line of Python in the documentation runs, or says why not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    path.relative_to(ROOT)
    for pattern in ('*.md', 'docs/en/*.md', 'docs/en/*.ipynb', 'projects/**/*.md')
    for path in sorted(ROOT.glob(pattern))
]


@pytest.fixture(scope='module')
def tool(load_tool):
    return load_tool('misc/run_docs.py')


def run(page, folder):
    """Run a page in a folder, with the commands of this environment."""
    paths = [str(Path(sys.executable).parent), os.environ['PATH']]
    return subprocess.run(
        [sys.executable, '-W', 'ignore', ROOT / 'tools/misc/run_docs.py', page],
        cwd=folder,
        env=dict(os.environ, PATH=os.pathsep.join(paths), OMP_NUM_THREADS='1'),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )


@pytest.mark.parametrize('page', PAGES, ids=str)
def test_page(page, tool, request):
    blocks = tool.read_blocks(ROOT / page)
    if all(block.not_run for block in blocks):
        return
    done = run(ROOT / page, request.getfixturevalue('scratch'))
    assert done.returncode == 0, (
        f'{page}: mend it, or say why it can not be run:\n\n' + (done.stdout[-4000:])
    )


def write(folder, text):
    page = folder / 'page.md'
    page.write_text(text)
    return page


def test_blocks_are_found(tool, tmp_path):
    page = write(
        tmp_path,
        '# Title\n\n```python\na = 1\n```\n\n* item\n\n  ```shell\n  ls\n  ```\n\n'
        '<!-- not run: no GPU -->\n```bash\nnvidia-smi\n```\n```json\n{}\n```\n',
    )
    blocks = tool.read_blocks(page)
    assert [block.line for block in blocks] == [4, 10, 15]
    assert [block.code for block in blocks] == ['a = 1\n', 'ls\n', 'nvidia-smi\n']
    assert [block.is_python for block in blocks] == [True, False, False]
    assert [block.not_run for block in blocks] == [None, None, 'no GPU']


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('<!-- skip -->\n```python\n1\n```\n', "unknown marker 'skip'"),
        ('<!-- not run:  -->\n```python\n1\n```\n', 'unknown marker'),
        ('```shell\npip install mmfsa\n```\n', 'changes the environment'),
    ],
)
def test_bad_markers(tool, tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        tool.read_blocks(write(tmp_path, text))


def test_python_blocks_share_their_names_and_files_are_written(tmp_path):
    page = write(
        tmp_path,
        '<!-- file: part.py -->\n```python\nvalue = 6\n```\n'
        '```python\nfrom part import value\n```\n```python\nprint(7 * value)\n```\n',
    )
    done = run(page, tmp_path)
    assert done.returncode == 0 and '\n42\n' in done.stdout


@pytest.mark.parametrize(
    ('block', 'message'),
    [
        ('python\n\n1 / 0\n', 'page.md", line 3, in <module>'),
        ('shell\ntrue\nfalse | cat\necho reached\n', 'page.md:2: exit status 1'),
    ],
)
def test_a_failure_names_its_line(tmp_path, block, message):
    done = run(write(tmp_path, f'```{block}```\n'), tmp_path)
    assert done.returncode == 1
    assert message in done.stdout
    assert 'reached' not in done.stdout
