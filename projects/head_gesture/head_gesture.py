"""Find nods, shakes and attention in a video, and draw them.

python projects/head_gesture/head_gesture.py clip.mp4 --weights fusion.pth --out results
python projects/head_gesture/head_gesture.py results/predictions.jsonl --out results
"""

from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from gestures import Event, attention, find_events

from mmfsa.sources import read_records
from mmfsa.structures import ANGLES
from mmfsa.utils.cli import clear_errors, script_parser
from mmfsa.utils.files import write_json
from mmfsa.visualization.plots import ANGLE_COLORS, mark_span, panels, save_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 'time', *ANGLES
MIN_SECONDS = 1.0  # a face that is seen for less does nothing that could be seen
EVENT_COLORS = {'nod': '#D55E00', 'shake': '#0072B2', 'away': '#888888'}


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('source', help='a video, or predictions.jsonl of one')
    parser.add_argument('--out', type=Path, default=Path(), metavar='FOLDER')
    parser.add_argument('--model', help='that of the weights by default')
    parser.add_argument('--weights', help='its checkpoint')
    parser.add_argument('--detector', default='centerface')
    args = parser.parse_args()
    with clear_errors():
        if args.source.endswith('.jsonl'):
            records = read_records(args.source, 'track_id')
        else:
            from mmfsa import HeadPoseInferencer

            inferencer = HeadPoseInferencer(args.model, args.weights, args.detector)
            results = inferencer(args.source, smooth=True, pred_out_dir=args.out)
            records = [
                face for r in results for faces in r['predictions'] for face in faces
            ]
        faces = tracks(records)

    found = {name: find_events(*track) for name, track in faces.items()}
    report = {}
    for name, events in found.items():
        times, _ = faces[name]
        report[name] = dict(
            seconds=[times[0], times[-1]],
            attention=round(attention(times, events), 3),
            events=[asdict(event) for event in events],
        )
        print(f'face {name}: {summary(times, events)}')
        for event in events:
            print(f'  {event.start:7.2f} to {event.end:7.2f} s  {event.kind}')
    write_json(report, args.out / 'gestures.json')
    save_figure(draw_timeline(faces, found), args.out / 'timeline.png')


def tracks(records: list[dict]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The faces of a video: (T,) seconds and (T, 3) yaw, pitch, roll of each.

    Raises:
        ValueError: No face is seen for long enough.
    """
    rows = defaultdict(list)
    for record in records:
        if not record.get('valid', True):  # no pose was found
            continue
        rows[str(record['track_id'])].append([record[key] for key in COLUMNS])
    faces = {}
    for name, track in rows.items():
        track = np.array(track, dtype=float)
        if track[-1, 0] - track[0, 0] >= MIN_SECONDS:
            faces[name] = track[:, 0], track[:, 1:]
    if not faces:
        raise ValueError(f'no face is seen for {MIN_SECONDS:g} s or longer')
    return faces


def summary(times: np.ndarray, events: list[Event]) -> str:
    """A face in a few words."""
    counts = [
        f'{sum(event.kind == kind for event in events)} {kind}s'
        for kind in ('nod', 'shake')
    ]
    return f'{", ".join(counts)}, attention {attention(times, events):.0%}'


def draw_timeline(
    faces: dict[str, tuple[np.ndarray, np.ndarray]], found: dict[str, list[Event]]
) -> 'Figure':
    """A panel for each face: yaw and pitch over time, and what was found in them."""
    figure, grid = panels(len(faces), 1, width=10, height=2.6)
    start = min(times[0] for times, _ in faces.values())
    end = max(times[-1] for times, _ in faces.values())
    for (name, (times, poses)), axes in zip(faces.items(), grid[:, 0], strict=True):
        events = found[name]
        for i, angle in enumerate(ANGLES[:2]):
            axes.plot(times, poses[:, i], color=ANGLE_COLORS[angle], label=angle)
        for event in events:
            color = EVENT_COLORS[event.kind]
            mark_span(axes, event.start, event.end, event.kind, color)
        axes.set_title(f'face {name}: {summary(times, events)}', loc='left', size=10)
        axes.set_ylabel('degrees')
        axes.set_xlim(start, end)
        axes.margins(y=0.25)  # room for the events' names
    grid[-1, 0].set_xlabel('time [s]')
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc='outside right upper')
    return figure


if __name__ == '__main__':
    main()
