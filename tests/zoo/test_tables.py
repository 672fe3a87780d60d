"""No table of models in README.md or docs/en is stale."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / 'docs/en/model_zoo.md').read_text()
TOOL = 'analysis_tools/make_tables.py'


def test_tables_regenerate_to_the_same_bytes(run_tool):
    assert run_tool(TOOL, '--check') == 'all tables are up to date\n'


def test_a_stale_table_is_found_and_made_anew(run_tool, tmp_path):
    fresh = re.search(
        r'<!-- table: literature -->.*?<!-- end .*? -->', TEXT, re.DOTALL
    )[0]
    page = tmp_path / 'page.md'
    page.write_text(fresh.replace('| 6.47 |', '| 6.74 |'))
    assert page.read_text() != fresh
    assert re.search(
        f'stale tables.*{page}', run_tool(TOOL, '--check', page, fails=True)
    )
    assert run_tool(TOOL, page) == f'{page}\n'
    assert page.read_text() == fresh


def test_an_unknown_table_is_named(run_tool, tmp_path):
    page = tmp_path / 'page.md'
    page.write_text('<!-- table: latency -->\n<!-- end of table -->\n')
    reported = run_tool(TOOL, page, fails=True)
    assert "no table 'latency'; there are ['authors'," in reported
