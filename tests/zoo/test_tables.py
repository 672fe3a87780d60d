"""No table of models in README.md or docs/en is stale."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / 'tools/analysis_tools/make_tables.py'
TEXT = (ROOT / 'docs/en/model_zoo.md').read_text()


def run(*arguments):
    return subprocess.run(
        [sys.executable, '-W', 'ignore', TOOL, *arguments],
        capture_output=True,
        text=True,
    )


def test_tables_regenerate_to_the_same_bytes():
    result = run('--check')
    assert result.returncode == 0, result.stderr
    assert result.stdout == 'all tables are up to date\n'


def test_a_stale_table_is_found_and_mended(tmp_path):
    fresh = re.search(
        r'<!-- table: literature -->.*?<!-- end .*? -->', TEXT, re.DOTALL
    )[0]
    page = tmp_path / 'page.md'
    page.write_text(fresh.replace('| 6.47 |', '| 6.74 |'))
    assert page.read_text() != fresh
    result = run('--check', page)
    assert result.returncode == 1
    assert (
        result.stderr.startswith('error: stale tables') and str(page) in result.stderr
    )
    assert run(page).returncode == 0
    assert page.read_text() == fresh


def test_an_unknown_table_is_named(tmp_path):
    page = tmp_path / 'page.md'
    page.write_text('<!-- table: latency -->\n<!-- end of table -->\n')
    result = run(page)
    assert result.returncode == 1
    assert "no table 'latency'; there are ['authors'," in result.stderr
    assert 'Traceback' not in result.stderr
