"""Report how calm the faces of videos are, and how much later smoothing makes them."""

from collections import defaultdict
from collections.abc import Iterator


class StabilityReport:
    """Watches the smoothers of videos, and compares what goes in with what comes out."""

    def __init__(self) -> None:
        self._videos = {}

    def smoother(self, video: str):
        """The smoother of a video, whose poses are noted.

        Args:
            video: The name of the video.
        """
        from mmfsa.tracking import PoseSmoother

        smoother = PoseSmoother()
        faces = self._videos[video] = defaultdict(list)

        def smooth(time, track_id, pose):
            smoothed = smoother(time, track_id, pose)
            faces[track_id].append((time, pose, smoothed))
            return smoothed

        return smooth

    def lines(self) -> Iterator[str]:
        """A line for each face that is in two frames at least."""
        import numpy as np

        from mmfsa.tracking import measure_stability

        for video, faces in self._videos.items():
            for number, seen in sorted(faces.items()):
                if len(seen) < 2:
                    continue
                found = measure_stability(*map(np.array, zip(*seen, strict=True)))
                jitter = 'jitter unknown (it never keeps still)'
                if np.isfinite(found.jitter):
                    jitter = (
                        f'jitter {found.jitter:.1f}°/s, smoothed '
                        f'{found.smoothed_jitter:.1f}°/s'
                    )
                lag = 'lag unknown (it moves too little, or for too short a time)'
                if np.isfinite(found.lag):
                    lag = f'lag {found.lag:.2f} s'
                yield (
                    f'{video}  #{number}  {jitter}, {lag} ({len(seen)} frames, still in '
                    f'{found.still:.0%})'
                )
