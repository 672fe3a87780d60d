"""AFLW: real crops, every kind of damage, and the weights of the labels."""

import csv
import json
import zipfile

import cv2
import numpy as np
import pytest

ROW = dict(yaw=10, pitch=-5, roll=2, official_yaw=9, fit_rms=0.1, n_visible_points=21)


def jpeg():
    return cv2.imencode('.jpg', np.full((96, 96, 3), 90, np.uint8))[1].tobytes()


def write_csv(folder, rows):
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / 'labels.csv').open('w', newline='') as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def write_zip(folder, names):
    with zipfile.ZipFile(folder / 'images.zip', 'w') as archive:
        for name in names:
            archive.writestr(f'images/{name}', jpeg())


@pytest.mark.slow
def test_real_crops(shared, converter, tmp_path):
    index, report = converter('aflw', shared / 'data' / 'aflw_crops', tmp_path)
    assert report['found'] == 19079
    assert {reason: len(names) for reason, names in report['dropped'].items()} == {
        'angle beyond ±180': 14
    }
    assert len([*(tmp_path / 'images').iterdir()]) == 19079
    assert len(index['data_list']) == 19065


def test_some_real_crops(shared, run_tool, tmp_path):
    src = shared / 'data' / 'aflw_crops'
    with (src / 'labels.csv').open() as file:
        rows = [row for _, row in zip(range(5), csv.DictReader(file), strict=False)]
    write_csv(tmp_path / 'src', rows)
    (tmp_path / 'src' / 'crops.zip').symlink_to(src / 'aflw_crops_96.zip')
    arguments = tmp_path / 'src', '--out', tmp_path / 'out', '--workers', 1
    run_tool('dataset_converters/aflw.py', *arguments)
    index = json.loads((tmp_path / 'out' / 'index.json').read_text())
    assert index['metainfo']['img_root'] == 'images'
    assert index['metainfo']['box_kind'] == 'visible'
    for row, entry in zip(rows, index['data_list'], strict=True):
        assert entry['img_path'] == row['filename']
        assert entry['yaw'] == float(row['yaw'])
        assert entry['fit_rms'] == float(row['fit_rms'])
        img = cv2.imread(str(tmp_path / 'out' / 'images' / entry['img_path']))
        assert img.shape == (96, 96, 3)
        x1, y1, x2, y2 = entry['face_box']
        assert 96 / (x2 - x1) == pytest.approx(1.45, rel=0.02)
        assert abs(x1 + x2 - 96) <= 1 and abs(y1 + y2 - 96) <= 1


def test_every_kind_of_damage_is_counted_and_named(converter, tmp_path):
    src = tmp_path / 'src'
    names = ['good', 'absent', 'cut', 'nan', 'word', 'none', 'beyond', 'rms', 'good']
    names += ['twice']
    rows = [dict(ROW, filename=f'{name}.jpg') for name in names]
    changes = {3: 'nan', 4: 'north', 5: '', 6: 200}
    for i, yaw in changes.items():
        rows[i]['yaw'] = yaw
    rows[7]['fit_rms'] = 'nan'
    write_csv(src, rows)
    twice = ['twice.jpg', 'other/twice.jpg']
    write_zip(src, [f'{name}.jpg' for name in names[2:8]] + ['good.jpg', *twice])
    content = (src / 'images.zip').read_bytes()
    at = content.index(b'images/cut.jpg') + 100
    (src / 'images.zip').write_bytes(content[:at] + b'damage' + content[at + 6 :])

    index, report = converter('aflw', src, tmp_path / 'out')
    assert report['dropped'] == {
        'missing image': ['absent.jpg'],
        'unreadable image': ['cut.jpg'],
        'NaN label': ['nan.jpg', 'rms.jpg'],
        'a label is no number': ['none.jpg', 'word.jpg'],
        'angle beyond ±180': ['beyond.jpg'],
        'duplicate name': ['good.jpg (line 10)', 'twice.jpg'],
    }
    assert [entry['img_path'] for entry in index['data_list']] == ['good.jpg']


def test_weight_falls_with_the_fits_error_and_hidden_points(converter, tmp_path):
    rows = [
        dict(ROW, filename='a.jpg', fit_rms=0.05),
        dict(ROW, filename='b.jpg', fit_rms=0.1),
        dict(ROW, filename='c.jpg', fit_rms=0.4, n_visible_points=7),
    ]
    write_csv(tmp_path / 'src', rows)
    write_zip(tmp_path / 'src', ['a.jpg', 'b.jpg', 'c.jpg'])
    index, _ = converter('aflw', tmp_path / 'src', tmp_path / 'out')
    weights = [entry['weight'] for entry in index['data_list']]
    assert weights == pytest.approx([1, 1, 0.25 / 3], abs=1e-4)


def test_images_beside_the_labels_with_boxes(converter, tmp_path):
    src = tmp_path / 'src'
    row = dict(filename='0/a.jpg', yaw=1, pitch=2, roll=3)
    boxes = [dict(x1=5, y1=6, x2=40.9, y2=50), dict(x1=50, y1=6, x2=90, y2=50)]
    boxes.append(dict(x1=900, y1=6, x2=950, y2=50))
    write_csv(src, [row | box for box in boxes])
    (src / '0').mkdir()
    (src / '0' / 'a.jpg').write_bytes(jpeg())
    index, report = converter('aflw', src, tmp_path / 'out')
    assert report['dropped'] == {'face box outside the image': ['0/a.jpg 900 6 950 50']}
    found = sorted(entry['face_box'] for entry in index['data_list'])
    assert found == [[5, 6, 40, 50], [50, 6, 90, 50]]
    assert (tmp_path / 'out' / index['metainfo']['img_root'] / '0/a.jpg').is_file()
    assert 'weight' not in index['data_list'][0]


def two_tables(src):
    (src / 'labels.csv').rename(src / 'one.csv')
    (src / 'other.csv').touch()


@pytest.mark.parametrize(
    ('damage', 'message'),
    [
        (lambda src: (src / 'labels.csv').unlink(), r'no \.csv'),
        (two_tables, 'more than one'),
        (lambda src: (src / 'images.zip').write_bytes(b'PK'), 'zip'),
        (lambda src: write_csv(src, [dict(filename='a.jpg', yaw=1)]), 'pitch, roll'),
        (lambda src: (src / 'labels.csv').write_text(''), 'filename'),
    ],
)
def test_bad_source_is_named(converter, tmp_path, damage, message):
    src = tmp_path / 'src'
    write_csv(src, [dict(ROW, filename='a.jpg')])
    write_zip(src, ['a.jpg'])
    damage(src)
    with pytest.raises(SystemExit, match=message) as error:
        converter('aflw', src, tmp_path / 'out')
    assert str(src) in str(error.value)


def test_labels_csv_comes_before_other_tables(converter, tmp_path):
    src = tmp_path / 'src'
    src.mkdir()
    for name in ('labels.csv', 'teacher_labels.csv'):
        (src / name).write_text('no table of labels\n')
    with pytest.raises(SystemExit, match=r'/labels\.csv'):
        converter('aflw', src, tmp_path / 'out')
