"""Compiled functions are forgotten when a source changes."""

import os

from mmfsa.synth.compiled import forget_stale


def test_what_was_compiled_before_a_source_changed_is_forgotten(tmp_path):
    cache = tmp_path / '__pycache__'
    cache.mkdir()
    times = {
        tmp_path / 'shade.py': 100,
        tmp_path / 'paint.py': 300,
        cache / 'shade.nbi': 200,
        cache / 'paint.nbi': 400,
    }
    for path, time in times.items():
        path.touch()
        os.utime(path, (time, time))

    forget_stale(tmp_path)

    assert [path.name for path in cache.iterdir()] == ['paint.nbi']
