"""Plots of poses over time."""

import numpy as np

from mmfsa.visualization.plots import plot_poses


def test_angles_over_time():
    rows = np.stack([np.arange(5.0), *np.arange(15.0).reshape(3, 5)], axis=1)
    figure = plot_poses({'#1': rows, '#2': rows + 1})
    panels = figure.axes
    assert [p.get_ylabel() for p in panels] == [
        f'{angle} [degrees]' for angle in ('yaw', 'pitch', 'roll')
    ]
    line = panels[1].lines[0]
    assert line.get_xdata().tolist() == [0, 1, 2, 3, 4]
    assert line.get_ydata().tolist() == [5, 6, 7, 8, 9]
