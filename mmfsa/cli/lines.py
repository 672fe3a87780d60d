"""Print the record of a face on a line: as text, JSON or CSV."""

import argparse
import csv
import json
import sys
from collections.abc import Callable

WHERE = 'image', 'frame', 'time', 'track_id'
BOX = 'x1', 'y1', 'x2', 'y2'
QUATERNION = 'qx', 'qy', 'qz', 'qw'


def line_writer(args: argparse.Namespace) -> Callable[[dict], None]:
    """What prints a record as the options say."""
    if args.json:
        return lambda record: sys.stdout.write(json.dumps(record) + '\n')
    if args.csv:
        from mmfsa.structures import ANGLES

        table = csv.writer(sys.stdout, lineterminator='\n')
        table.writerow([*WHERE, *BOX, 'score', *ANGLES, *QUATERNION])
        return lambda record: table.writerow(_csv_row(record, ANGLES))
    return lambda record: sys.stdout.write(text_line(record) + '\n')


def _csv_row(record: dict, angles: tuple[str, ...]) -> list:
    """The cells of a face; those of a pose that was not found are empty."""
    return [
        *(record[key] for key in WHERE),
        *record['box'],
        *(record[key] for key in ('score', *angles)),
        *(record['quaternion'] or [None] * len(QUATERNION)),
    ]


def text_line(record: dict) -> str:
    """For example `photo.jpg  box 80,20,170,140 0.93  yaw -14.0  pitch 8.1  roll 4.5`."""
    from mmfsa.structures import ANGLES

    where = record['image']
    if record['frame'] is not None:
        where += f'  frame {record["frame"]}  #{record["track_id"]}'
    box = ','.join(f'{value:.0f}' for value in record['box'])
    pose = 'no pose'
    if record['valid']:
        pose = '  '.join(f'{key} {record[key]:.1f}' for key in ANGLES)
    return f'{where}  box {box} {record["score"]:.2f}  {pose}'
