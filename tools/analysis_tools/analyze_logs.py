"""Curves and iteration times of training runs, from their logs.

    python tools/analysis_tools/analyze_logs.py plot_curve work_dirs/A work_dirs/B
    python tools/analysis_tools/analyze_logs.py cal_train_time work_dirs/A

A run is a work directory, whose interrupted and resumed parts are joined, or the
scalars.json of one part.
"""

from mmfsa.cli import run_script

if __name__ == '__main__':
    run_script('logs', __doc__)
