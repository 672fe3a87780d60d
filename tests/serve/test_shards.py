"""Shards of folders, Parquet files and tars: the same in each run, and no image twice."""

import os
from pathlib import Path

import pytest

from mmfsa.serve.shards import images_of, list_shards
from mmfsa.sources import NamedImage, Unreadable

pa = pytest.importorskip('pyarrow', reason='mmfsa[bulk] is not installed')
pq = pytest.importorskip('pyarrow.parquet')


def names(shards):
    """What the images of each shard are called."""
    return [
        [str(i) if isinstance(i, Path) else i.name for i in images_of(shard)]
        for shard in shards
    ]


def test_a_folder_with_all_its_folders(tmp_path, monkeypatch):
    for name in ('b/2.png', 'b/1.JPG', 'a.jpg', 'notes.txt', '.hidden/x.jpg', 'c.webp'):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path.parent)
    shards = [*list_shards([tmp_path.name], 3)]
    wanted = [str(tmp_path / n) for n in ('a.jpg', 'c.webp', 'b/1.JPG', 'b/2.png')]
    assert names(shards) == [wanted[:3], wanted[3:]]
    assert [*list_shards([tmp_path.name], 3)] == shards
    assert names(list_shards([f'{tmp_path}/**/*.png'], 3)) == [wanted[3:]]
    with pytest.raises(FileNotFoundError, match='none: there is no such file'):
        [*list_shards(['none'], 3)]


@pytest.mark.parametrize('start', range(0, 10, 3))
def test_rows_of_parquet(tmp_path, start):
    content = [f'{i}'.encode() for i in range(10)]
    pq.write_table(pa.table(dict(image=content)), tmp_path / 'a.parquet', 4)
    shard = [*list_shards([tmp_path / 'a.parquet'], 3)][start // 3]
    stop = min(start + 3, 10)
    assert (shard['start'], shard['stop']) == (start, stop)
    assert [*images_of(shard)] == [
        NamedImage(f'{tmp_path}/a.parquet#{i}', content[i]) for i in range(start, stop)
    ]


def test_columns_of_parquet(tmp_path):
    path = tmp_path / 'a.parquet'
    mixed = [dict(bytes=b'x', path=None), dict(bytes=None, path='b.jpg'), None]
    pq.write_table(
        pa.table(dict(path=['a.jpg', '/b.jpg', None], mixed=mixed, number=[1, 2, 3])),
        path,
    )
    (shard,) = list_shards([path], 10)
    nothing = Unreadable(f'{path}#2', 'there is neither a path nor bytes')
    assert [*images_of(shard)] == [tmp_path / 'a.jpg', Path('/b.jpg'), nothing]
    (shard,) = list_shards([path], 10, 'mixed')
    first = NamedImage(f'{path}#0', b'x')
    assert [*images_of(shard)] == [first, tmp_path / 'b.jpg', nothing]
    with pytest.raises(ValueError, match='no column photo: it has path, mixed, number'):
        [*list_shards([path], 10, 'photo')]


def test_a_parquet_file_that_is_none(tmp_path):
    path = tmp_path / 'a.parquet'
    path.write_bytes(b'PAR1 no')
    with pytest.raises(ValueError, match=r'a\.parquet is damaged or no Parquet'):
        [*list_shards([path], 10)]


def test_a_tar_of_webdataset(write_tar, tmp_path):
    files = {'x/1.jpg': b'one', 'x/1.json': b'{}', '2.png': b'two', '2.cls': b'7'}
    path = write_tar(tmp_path / 'a.tar', files)
    (shard,) = list_shards([tmp_path], 1)
    expected = [
        NamedImage(f'{path}/x/1.jpg', b'one'),
        NamedImage(f'{path}/2.png', b'two'),
    ]
    assert [*images_of(shard)] == expected


def test_a_damaged_tar_is_reported(write_tar, tmp_path):
    files = {f'{i}.jpg': os.urandom(5000) for i in range(4)}
    path = write_tar(tmp_path / 'a.tar', files)
    path.write_bytes(path.read_bytes()[:12_000])
    first, second, damage = images_of(dict(tar=str(path)))
    assert (first.content, second.content) == (files['0.jpg'], files['1.jpg'])
    assert damage.name == str(path) and 'damaged' in damage.reason
