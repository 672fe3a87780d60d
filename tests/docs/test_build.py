"""The documentation builds without a warning."""

from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / 'docs'


def test_docs_build(tmp_path, capsys):
    for package in ('sphinx', 'myst_parser', 'furo'):
        pytest.importorskip(package, reason=f'{package} (mmfsa[docs]) is not installed')
    from sphinx.cmd.build import build_main

    options = '-q', '-W', '--keep-going', '-b', 'html', '-d', tmp_path / 'doctrees'
    status = build_main([*map(str, options), str(DOCS), str(tmp_path / 'html')])
    assert status == 0, capsys.readouterr().err
    assert (tmp_path / 'html/en/index.html').is_file()
    api = (tmp_path / 'html/en/api.html').read_text()
    for name in ('TwoStreamBackbone', 'HeadPoseInferencer', 'pose_to_matrix'):
        assert name in api
