"""The file of predictions is whole, or the older one stays."""

import pytest
from mmengine import load

from mmfsa.evaluation import DumpWholeResults


def test_a_dump_that_breaks_off_leaves_the_older_one(tmp_path, monkeypatch):
    path = tmp_path / 'a.pkl'
    metric = DumpWholeResults(str(path))
    metric.compute_metrics([dict(pose=[1, 2, 3])])
    assert load(path) == [dict(pose=[1, 2, 3])]

    def breaks_off(_, name):
        with open(name, 'wb') as file:  # noqa: PTH123
            file.write(b'half')
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr('mmengine.evaluator.metric.dump', breaks_off)
    with pytest.raises(OSError, match=r'a\.pkl'):
        metric.compute_metrics([])
    assert load(path) == [dict(pose=[1, 2, 3])]
    assert [*tmp_path.iterdir()] == [path]
    assert metric.out_file_path == str(path)
