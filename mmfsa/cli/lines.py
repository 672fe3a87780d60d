"""Print the record of a face on a line: as text, JSON or CSV."""

import argparse
import csv
import sys
from collections.abc import Callable

WHERE = 'image', 'frame', 'time', 'track_id'
BOX = 'x1', 'y1', 'x2', 'y2'
QUATERNION = 'qx', 'qy', 'qz', 'qw'
POSITION = 'x_mm', 'y_mm', 'z_mm'


def line_writer(args: argparse.Namespace) -> Callable[[dict], None]:
    """What prints a record as the options say."""
    if args.json:
        from mmfsa.sources.records import record_line

        return lambda record: sys.stdout.write(record_line(record, args.compact))
    if args.csv:
        from mmfsa.structures import ANGLES

        table = csv.writer(sys.stdout, lineterminator='\n')
        settings = vars(args)
        has_camera = any(settings.get(key) is not None for key in ('fov', 'camera'))
        of_camera = POSITION if has_camera else ()
        table.writerow([*WHERE, *BOX, 'score', *ANGLES, *QUATERNION, *of_camera])
        return lambda record: table.writerow(_csv_row(record, ANGLES))
    return lambda record: sys.stdout.write(text_line(record) + '\n')


def _csv_row(record: dict, angles: tuple[str, ...]) -> list:
    """The cells of a face; those of a pose that was not found are empty."""
    return [
        *(record[key] for key in WHERE),
        *record['box'],
        *(record[key] for key in ('score', *angles)),
        *(record['quaternion'] or [None] * len(QUATERNION)),
        *_position(record),
    ]


def _position(record: dict) -> list:
    """The cells of a face's position, where there is a camera."""
    if 'position_mm' not in record:
        return []
    return record['position_mm'] or [None] * len(POSITION)


def text_line(record: dict) -> str:
    """For example `photo.jpg  box 80,20,170,140 0.93  yaw -14.0  pitch 8.1  roll 4.5`."""
    from mmfsa.structures import ANGLES

    where = record['image']
    if record['frame'] is not None:
        where += f'  frame {record["frame"]}  #{record["track_id"]}'
    box = ','.join(f'{value:.0f}' for value in record['box'])
    pose = f'no pose: {record["reason"]}' if record['reason'] else 'no pose'
    if record['valid']:
        pose = '  '.join(f'{key} {record[key]:.1f}' for key in ANGLES)
        if record.get('position_mm'):
            pose += '  at {:.0f},{:.0f},{:.0f} mm'.format(*record['position_mm'])
    score = '' if record['score'] is None else f' {record["score"]:.2f}'
    doubts = f'  ({", ".join(record["doubts"])})' if record['doubts'] else ''
    return f'{where}  box {box}{score}  {pose}{doubts}'
