"""`mmfsa data csv`: a table of one's own becomes an index that trains."""

import json

import cv2
import numpy as np
import pytest

from mmfsa.cli import main
from mmfsa.datasets.index import read_index

HEAD = 'image,x1,y1,x2,y2,yaw,pitch,roll'


@pytest.fixture
def table(tmp_path):
    """Writes a CSV file beside two images of 80x60 pixels; returns its path."""
    (tmp_path / 'photos').mkdir()
    for name in ('a', 'b'):
        cv2.imwrite(
            str(tmp_path / f'photos/{name}.png'), np.zeros((60, 80, 3), np.uint8)
        )

    def table(*rows, head=HEAD, name='mine.csv'):
        path = tmp_path / name
        path.write_text('\n'.join([head, *rows]) + '\n', encoding='utf-8')
        return path

    return table


def convert(path, *options):
    out = path.parent / 'out'
    status = main(
        ['data', 'csv', str(path), '--out', str(out), '--workers=1', *options]
    )
    return status, out


def test_rows_become_entries(table):
    path = table('photos/a.png,10,5,50,45,30,-10,5', 'photos/a.png,50,5,79,45,-3.5,0,0')
    status, out = convert(path, '--box-kind', 'visible')
    assert status == 0
    metainfo, entries = read_index(out / 'index.json')
    assert metainfo['dataset'] == 'mine' and metainfo['box_kind'] == 'visible'
    assert [entry['pose'].tolist() for entry in entries] == [[30, -10, 5], [-3.5, 0, 0]]
    assert entries[0]['boxes']['visible'] == [10, 5, 50, 45]
    assert (out / metainfo['img_root'] / entries[0]['img_path']).is_file()


def test_a_bad_row_is_named_and_the_others_go_on(table):
    bad = {
        'photos/none.png,1,1,9,9,0,0,0': 'missing image',
        'photos/b.png,1,1,9,9,left,0,0': 'a label is no number',
        'photos/b.png,1,1,9,9,nan,0,0': 'NaN label',
        'photos/b.png,9,9,9,9,0,0,0': 'empty face box',
        'photos/b.png,90,1,99,9,0,0,0': 'face box outside the image',
        'photos/b.png,1,1,9,9,999,0,0': 'angle beyond ±180',
        'photos/b.png,1,1': 'a label is no number',
        ',1,1,9,9,0,0,0': 'unreadable image',
    }
    status, out = convert(table(*bad, 'photos/b.png,1,1,9,9,1,2,3'))
    assert status == 0 and len(read_index(out / 'index.json')[1]) == 1
    report = json.loads((out / 'report.json').read_text())['dropped']
    found = {
        line: reason for reason, group in report.items() for line in group['items']
    }
    assert found == {
        f'line {line:07}': reason for line, reason in enumerate(bad.values(), 2)
    }


def test_other_signs_and_units(table):
    path = table('photos/a.png,1,1,9,9,0.5,0.25,-0.1')
    _, out = convert(path, '--negate', 'yaw', 'roll', '--radians')
    (entry,) = read_index(out / 'index.json')[1]
    np.testing.assert_allclose(entry['pose'], np.degrees([-0.5, 0.25, 0.1]), atol=1e-5)


def test_without_boxes_an_image_is_a_crop(table):
    _, out = convert(table('photos/a.png,1,2,3', head='filename,yaw,pitch,roll'))
    metainfo, (entry,) = read_index(out / 'index.json')
    assert metainfo['box_kind'] == 'crop'
    assert entry['boxes']['crop'] == [0, 0, 80, 60]


@pytest.mark.parametrize(
    ('head', 'message'),
    [
        ('image,x1,y1,x2,y2,yaw,roll', 'has no column pitch'),
        ('image,x1,y1,yaw,pitch,roll', 'has no column x2, y2'),
        ('photo,yaw,pitch,roll', 'has no column image: its first line has photo, yaw'),
    ],
)
def test_a_missing_column(table, capsys, head, message):
    status, _ = convert(table('a', head=head))
    assert status == 2 and message in capsys.readouterr().err
