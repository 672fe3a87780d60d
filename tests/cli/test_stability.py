"""The report of a short track has words where there is no number."""

from mmfsa.cli.stability import StabilityReport


def test_a_short_track_prints_no_nan():
    report = StabilityReport()
    smooth = report.smoother('clip.mp4')
    for frame in range(3):
        smooth(frame / 25, 1, [40.0 * frame, 0, 0])
    (line,) = report.lines()
    assert 'nan' not in line
    assert 'jitter unknown (it never keeps still)' in line
    assert 'lag unknown' in line
