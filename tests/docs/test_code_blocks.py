"""Every command and every line of Python in the documentation runs, or says why not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    path.relative_to(ROOT)
    for pattern in ('*.md', 'docs/*/*.md', 'docs/en/*.ipynb', 'projects/**/*.md')
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
def run_here(tool, tmp_path, monkeypatch):
    """Runs a page of this text in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, 'path', [*sys.path])

    def run(text):
        page = write(tmp_path, text)
        monkeypatch.setattr(sys, 'argv', ['run_docs.py', str(page)])
        tool.main()

    return run


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


def test_python_blocks_share_their_names_and_files_are_written(
    run_here, tmp_path, capsys
):
    run_here(
        '<!-- file: part_of_a_page.py -->\n```python\nvalue = 6\n```\n'
        '```python\nfrom part_of_a_page import value\n```\n'
        '```python\nprint(7 * value)\n```\n'
    )
    assert capsys.readouterr().out.endswith('\n42\n')
    assert (tmp_path / 'part_of_a_page.py').read_text() == 'value = 6\n'


def test_failing_python_names_its_line(run_here):
    with pytest.raises(ZeroDivisionError) as error:
        run_here('```python\n\n1 / 0\n```\n')
    assert error.traceback[-1].lineno + 1 == 3
    assert str(error.traceback[-1].path).endswith('page.md')


def test_a_failing_command_names_its_line(run_here, tmp_path):
    with pytest.raises(SystemExit, match=r'page\.md:2: exit status 1'):
        run_here('```shell\ntrue\nfalse | cat\ntouch reached\n```\n')
    assert not (tmp_path / 'reached').exists()
