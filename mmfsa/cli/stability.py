"""Measure how calm the poses of a video are, how late smoothers make them, and the cost.

For a video, each face has a line for each smoother: jitter and lag against the poses of the
frames alone. For the index.json of rendered films (`mmfsa synth --sequences`), there is one
table: error, jitter and lag against exact poses.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

SMOOTHERS = 'learned', 'kalman', 'one-euro'  # first the usual one


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa stability`."""
    from .predict import add_model_options, add_source

    add_source(parser, 'videos; or one index.json of rendered films')
    parser.add_argument(
        '--smoother',
        action='append',
        choices=SMOOTHERS,
        help='measure this one; again for another; by default all',
    )
    parser.add_argument(
        '--plot', type=Path, metavar='PNG', help='of an index: draw the yaw of a film'
    )
    add_model_options(parser)


def run(args: argparse.Namespace) -> int:
    """Print what is measured.

    Returns:
        0, or 1 if a video could not be read.

    Raises:
        ValueError: `--plot` without an index; or an index that has no films.
    """
    from .predict import predictor_settings

    kinds = args.smoother or SMOOTHERS
    indices = [source for source in args.source if source.endswith('.json')]
    if indices and len(args.source) > 1:
        raise ValueError('give one index, or videos')
    if args.plot and not indices:
        raise ValueError('--plot draws the films of an index')
    if indices:
        return _measure_films(Path(indices[0]), kinds, args)
    from mmfsa.apis import HeadPoseInferencer

    inferencer = HeadPoseInferencer(**predictor_settings(args))
    report = StabilityReport(kinds)
    results = inferencer(
        args.source,
        batch_size=args.batch_size,
        smooth=report.smoother,
        allow_network=args.allow_network,
    )
    for _ in results:
        pass
    lines = [*report.lines()]
    for line in lines:
        sys.stdout.write(f'{line}\n')
    if not lines:
        sys.stderr.write('there is no face that is in two frames of a video\n')
    return 1 if inferencer.failures else 0


def _measure_films(index: Path, kinds: Sequence[str], args: argparse.Namespace) -> int:
    from mmfsa.apis import HeadPosePredictor
    from mmfsa.evaluation.smoothers import (
        compare_smoothers,
        plot_smoothers,
        smoother_table,
        watch_films,
    )
    from mmfsa.visualization.plots import save_figure

    from .predict import predictor_settings

    method = HeadPosePredictor(**predictor_settings(args) | {'detector': None}).method
    films = watch_films(index, method)
    sys.stdout.write(f'{smoother_table(compare_smoothers(films, kinds))}\n')
    if args.plot:
        save_figure(plot_smoothers(films[0], kinds), args.plot)
    return 0


class StabilityReport:
    """Watches the smoothers of videos, and compares what goes in with what comes out.

    Args:
        kinds: Which smoothers, see :data:`mmfsa.tracking.SMOOTHERS`; the poses of the first
            go on.
        **settings: Arguments of their filters.
    """

    def __init__(self, kinds: Sequence[str], **settings) -> None:
        self.kinds = kinds
        self.settings = settings
        self._videos = {}

    def smoother(self, video: str):
        """The smoother of a video, whose poses are noted.

        Args:
            video: The name of the video.
        """
        from mmfsa.tracking import PoseSmoother

        smoothers = [PoseSmoother(kind, **self.settings) for kind in self.kinds]
        faces = self._videos[video] = defaultdict(list)

        def smooth(time, track_id, pose, spread=None):
            smoothed = [one(time, track_id, pose, spread) for one in smoothers]
            faces[track_id].append((time, pose, smoothed))
            return smoothed[0]

        return smooth

    def lines(self) -> Iterator[str]:
        """A line for each face that is in two frames at least, and for each smoother.

        Where a video has several such faces, all of them together have lines, too.
        """
        for video, faces in self._videos.items():
            seen = {
                f'#{n}': [face] for n, face in sorted(faces.items()) if len(face) > 1
            }
            if len(seen) > 1:
                seen['all'] = [face for (face,) in seen.values()]
            for name, several in seen.items():
                for i, kind in enumerate(self.kinds):
                    yield f'{video}  {name}  {kind}: {_in_words(several, i)}'


def _in_words(faces: Sequence[list[tuple]], number: int) -> str:
    """Jitter and lag of a smoother, or why one of them is not known.

    Args:
        faces: What was noted of each face, frame by frame.
        number: The smoother's.
    """
    import numpy as np

    from mmfsa.tracking import Clip, measure_clips

    clips = []
    for seen in faces:
        times, poses, smoothed = map(np.array, zip(*seen, strict=True))
        clips.append(Clip(times, poses, smoothed[:, number]))
    found = measure_clips(clips)
    jitter = 'jitter unknown (it never keeps still)'
    if np.isfinite(found.jitter):
        jitter = (
            f'jitter {found.jitter:.1f}°/s, smoothed {found.smoothed_jitter:.1f}°/s'
        )
    lag = 'lag unknown (it moves too little, or for too short a time)'
    if np.isfinite(found.lag):
        lag = f'lag {1000 * found.lag:.0f} ms'
    frames = sum(map(len, faces))
    return f'{jitter}, {lag} ({frames} frames, still in {found.still:.0%})'
