"""A face on a line: as text, JSON or CSV, with and without a pose."""

import csv
import json
from argparse import Namespace

import numpy as np
import pytest

from mmfsa.cli.lines import line_writer, text_line
from mmfsa.sources import face_record
from mmfsa.structures import HeadPoseDataSample


def record(valid):
    """The record of a face of a photo."""
    meta = dict(
        img_path='photo.jpg', frame=None, time=None, track_id=None, landmarks=None
    )
    box = np.array([80, 20, 170, 140])
    sample = HeadPoseDataSample(
        metainfo=dict(meta, box=box, score=0.93, valid=valid, crop_box=None)
    )
    sample.pred_pose = np.array([-14, 8.1, 4.5]) if valid else np.full(3, np.nan)
    return face_record(sample, 'made_up', '')


def test_text():
    start = 'photo.jpg  box 80,20,170,140 0.93  '
    assert text_line(record(True)) == start + 'yaw -14.0  pitch 8.1  roll 4.5'
    assert text_line(record(False)) == start + 'no pose'


@pytest.mark.parametrize('valid', [True, False])
def test_csv_has_all_columns(valid, capsys):
    line_writer(Namespace(json=False, csv=True))(record(valid))
    (row,) = csv.DictReader(capsys.readouterr().out.splitlines())
    columns = 'image frame time track_id x1 y1 x2 y2 score yaw pitch roll qx qy qz qw'
    assert [*row] == columns.split()
    assert (row['yaw'], bool(row['qw'])) == (('-14.0' if valid else ''), valid)


def test_json_has_no_nan(capsys):
    line_writer(Namespace(json=True, csv=False, compact=False))(record(False))
    line = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert (line['valid'], line['yaw'], line['rotation_matrix']) == (False, None, None)
