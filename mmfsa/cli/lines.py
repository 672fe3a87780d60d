"""Print the record of a face on a line: as text, JSON or CSV."""

import argparse
import csv
import json
import sys
from collections.abc import Callable

CSV_FIELDS = (
    *('image', 'frame', 'time', 'track_id', 'x1', 'y1', 'x2', 'y2', 'score'),
    *('yaw', 'pitch', 'roll', 'qx', 'qy', 'qz', 'qw'),
)


def line_writer(args: argparse.Namespace) -> Callable[[dict], None]:
    """What prints a record as the options say."""
    if args.json:
        return lambda record: sys.stdout.write(json.dumps(record) + '\n')
    if args.csv:
        table = csv.writer(sys.stdout, lineterminator='\n')
        table.writerow(CSV_FIELDS)
        return lambda record: table.writerow(_csv_row(record))
    return lambda record: sys.stdout.write(text_line(record) + '\n')


def _csv_row(record: dict) -> list:
    return [
        *(record[key] for key in ('image', 'frame', 'time', 'track_id')),
        *record['box'],
        *(record[key] for key in ('score', 'yaw', 'pitch', 'roll')),
        *(record['quaternion'] or [None] * 4),
    ]


def text_line(record: dict) -> str:
    """A face's line, such as
    `photo.jpg  box 80,20,170,140 0.93  yaw -14.0  pitch 8.1  roll 4.5`.

    In place of the angles of a face without a valid pose stands `no pose`.
    """
    where = record['image']
    if record['frame'] is not None:
        where += f'  frame {record["frame"]}  #{record["track_id"]}'
    box = ','.join(f'{value:.0f}' for value in record['box'])
    angles = 'no pose'
    if record['valid']:
        angles = '  '.join(
            f'{key} {record[key]:.1f}' for key in ('yaw', 'pitch', 'roll')
        )
    return f'{where}  box {box} {record["score"]:.2f}  {angles}'
