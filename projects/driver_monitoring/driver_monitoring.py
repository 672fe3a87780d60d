"""Find where a driver looks and whether they nod off, and draw it over time.

python projects/driver_monitoring/driver_monitoring.py clip.mp4 --out results
python projects/driver_monitoring/driver_monitoring.py predictions.jsonl --out results
"""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from driver import (
    AWAY_SECONDS,
    ELSEWHERE,
    UNSEEN,
    UNSEEN_SECONDS,
    ZONES,
    Event,
    find_events,
    neutral_pose,
    shares,
    stretches,
    zones,
)

from mmfsa import sources
from mmfsa.structures import ANGLES, relative_pose
from mmfsa.utils.cli import clear_errors, script_parser
from mmfsa.utils.files import write_json
from mmfsa.visualization.plots import ANGLE_COLORS, mark_span, panels, save_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FEWEST = 10  # frames with a pose
EVENT_COLORS = {'away': '#E69F00', 'nodding off': '#CC0000', UNSEEN: '#888888'}
# Okabe and Ito's colours; the road is calm.
ZONE_COLORS = dict(
    zip(
        (*ZONES, ELSEWHERE),
        (
            *('#DDDDDD', '#56B4E9', '#D55E00', '#009E73', '#F0E442', '#CC79A7'),
            *('#0072B2', '#444444'),
        ),
        strict=True,
    )
)


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('source', help='a video, or predictions.jsonl of one')
    parser.add_argument('--out', type=Path, default=Path(), metavar='FOLDER')
    parser.add_argument('--model', help='see `mmfsa models`')
    parser.add_argument('--detector', default='all')
    parser.add_argument(
        '--neutral',
        type=float,
        nargs=3,
        metavar=('YAW', 'PITCH', 'ROLL'),
        help='the pose of a driver who looks ahead, if the video does not begin with it',
    )
    parser.add_argument(
        '--away', type=float, default=AWAY_SECONDS, metavar='SECONDS', help='too long'
    )
    args = parser.parse_args()
    with clear_errors():
        times, poses = driver_of(read_records(args))
        neutral = args.neutral or neutral_pose(times, poses)
    poses = relative_pose(poses, neutral)
    events = find_events(times, poses, args.away)
    parts = shares(times, zones(poses))
    words = [f'{name} {part:.0%}' for name, part in parts.items()]
    print('neutral pose: yaw {:.1f}, pitch {:.1f}, roll {:.1f}'.format(*neutral))
    print(f'looks at: {", ".join(words)}')
    for event in events:
        print(f'{event.start:7.2f} to {event.end:7.2f} s  {event.kind}')
    report = dict(
        neutral=[round(float(angle), 2) for angle in neutral],
        zones={name: round(float(part), 4) for name, part in parts.items()},
        events=[asdict(event) for event in events],
    )
    write_json(report, args.out / 'driver.json')
    save_figure(draw_timeline(times, poses, events), args.out / 'timeline.png')


def read_records(args: argparse.Namespace) -> list[dict]:
    """The records of the video, or of a `predictions.jsonl`.

    Raises:
        ValueError: A line is no record of a face in a video.
    """
    if args.source.endswith('.jsonl'):
        return sources.read_records(args.source, 'box')
    from mmfsa import HeadPoseInferencer

    inferencer = HeadPoseInferencer(args.model, detector=args.detector)
    results = inferencer(args.source, smooth=True, pred_out_dir=args.out)
    return [face for r in results for faces in r['predictions'] for face in faces]


def driver_of(records: list[dict]) -> tuple[np.ndarray, np.ndarray]:
    """The driver, who is the largest face of each frame: (T,) seconds, (T, 3) poses.

    Raises:
        ValueError: There are too few poses.
    """
    largest = {}
    for record in records:
        x1, y1, x2, y2 = record['box']
        area = (x2 - x1) * (y2 - y1)
        most, _ = largest.get(record['time'], (0, None))
        if record.get('valid', True) and area > most:
            largest[record['time']] = area, [record[angle] for angle in ANGLES]
    if len(largest) < FEWEST:
        raise ValueError(
            f'there are poses in {len(largest)} frames: {FEWEST} are needed'
        )
    times = sorted(largest)
    return np.array(times), np.array([largest[time][1] for time in times])


def draw_timeline(
    times: np.ndarray, poses: np.ndarray, events: list[Event]
) -> 'Figure':
    """Yaw and pitch over time with the events, and below them the zones.

    Hatched: nothing is seen.
    """
    figure, grid = panels(2, 1, width=10, height=2.4)
    above, below = grid[:, 0]
    gaps = np.flatnonzero(np.diff(times) >= UNSEEN_SECONDS) + 1
    for i, angle in enumerate(ANGLES[:2]):
        line = np.insert(poses[:, i], gaps, np.nan)  # no line where nothing is seen
        above.plot(
            np.insert(times, gaps, np.nan), line, color=ANGLE_COLORS[angle], label=angle
        )
    for event in events:
        color = EVENT_COLORS[event.kind]
        mark_span(above, event.start, event.end, event.kind, color)
    above.set_ylabel('degrees from neutral')
    above.margins(y=0.25)  # room for the events' names
    above.legend(loc='lower left', ncols=2)
    parts = [*stretches(times, zones(poses))]
    kinds = {part.kind for part in parts}
    rows = [name for name in (*ZONE_COLORS, UNSEEN) if name in kinds]
    for part in parts:
        style = dict(color=ZONE_COLORS.get(part.kind))
        if part.kind == UNSEEN:
            style = dict(color='none', edgecolor=EVENT_COLORS[UNSEEN], hatch='////')
        below.barh(
            rows.index(part.kind), part.end - part.start, left=part.start, **style
        )
    below.set_yticks(range(len(rows)), rows)
    below.invert_yaxis()
    below.set_xlabel('time [s]')
    for axes in (above, below):
        axes.set_xlim(times[0], times[-1])
    return figure


if __name__ == '__main__':
    main()
