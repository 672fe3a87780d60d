"""No table of models in README.md or docs/en is stale."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = str(ROOT / 'tools/analysis_tools')
TEXT = (ROOT / 'docs/en/model_zoo.md').read_text()


@pytest.fixture
def make_tables(load_tool, monkeypatch):
    """Runs the tool in this process."""
    monkeypatch.syspath_prepend(TOOLS)
    tool = load_tool('analysis_tools/make_tables.py')

    def run(*arguments):
        monkeypatch.setattr(sys, 'argv', ['make_tables.py', *map(str, arguments)])
        tool.main()

    return run


def test_tables_regenerate_to_the_same_bytes(make_tables, capsys):
    make_tables('--check')
    assert capsys.readouterr().out == 'all tables are up to date\n'


def test_a_stale_table_is_found_and_mended(make_tables, tmp_path):
    fresh = re.search(
        r'<!-- table: literature -->.*?<!-- end .*? -->', TEXT, re.DOTALL
    )[0]
    page = tmp_path / 'page.md'
    page.write_text(fresh.replace('| 6.47 |', '| 6.74 |'))
    assert page.read_text() != fresh
    with pytest.raises(SystemExit, match=f'stale tables.*{page}'):
        make_tables('--check', page)
    make_tables(page)
    assert page.read_text() == fresh


def test_an_unknown_table_is_named(make_tables, tmp_path):
    page = tmp_path / 'page.md'
    page.write_text('<!-- table: latency -->\n<!-- end of table -->\n')
    with pytest.raises(SystemExit, match=r"no table 'latency'; there are \['authors',"):
        make_tables(page)
