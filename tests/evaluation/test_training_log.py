"""Logs of training runs: resumed parts are joined, curves drawn, times summed up."""

import json
import re

import numpy as np
import pytest

from mmfsa.evaluation.training_log import curve, read_run

LENGTH = 7  # iterations per epoch


@pytest.fixture
def write_log(tmp_path):
    """Writes the log of a part of a run: every 3rd iteration, and each epoch's MAE."""

    def write(timestamp, epochs, offset, unfinished=''):
        lines = []
        for epoch in epochs:
            for i in (3, 6):
                step = (epoch - 1) * LENGTH + i
                train = dict(lr=0.1, time=1.0 * i, loss=offset + step, epoch=epoch)
                lines.append(train | dict(iter=step, step=step))
            lines.append({'head_pose/MAE': offset + epoch, 'time': 9, 'step': epoch})
        path = tmp_path / 'run' / timestamp / 'vis_data' / 'scalars.json'
        path.parent.mkdir(parents=True)
        path.write_text(''.join(json.dumps(line) + '\n' for line in lines) + unfinished)
        return tmp_path / 'run'

    return write


def test_a_resumed_run_is_one_curve(write_log):
    write_log('20260101_000000', epochs=(1, 2, 3), offset=1000, unfinished='{"lr": 0.')
    run = write_log('20260102_000000', epochs=(3, 4), offset=0)
    records = read_run(run)
    x, y = curve(records, 'head_pose/MAE')
    assert x.tolist() == [1, 2, 3, 4]
    assert y.tolist() == [1001, 1002, 3, 4]
    x, y = curve(records, 'loss')
    iterations = np.array([3, 6, 10, 13, 17, 20, 24, 27])
    np.testing.assert_allclose(x, iterations / LENGTH)
    np.testing.assert_allclose(y, iterations + 1000 * (iterations < 14))


def test_curves_are_drawn_and_summed_up(run_tool, write_log, tmp_path):
    run = write_log('20260101_000000', epochs=(1, 2, 3), offset=0)
    out = tmp_path / 'curves.pdf'
    printed = run_tool(
        'analysis_tools/analyze_logs.py',
        'plot_curve',
        run,
        '--legend',
        'A',
        '--out',
        out,
    )
    assert out.read_bytes().startswith(b'%PDF')
    rows = [line.split() for line in printed.splitlines()]
    assert [*'|A|', 'head_pose/MAE', *'|1|3|1|', '1.0', '|'] in rows
    assert [*'|A|', 'loss', '|', '3', '|', '20', '|', '3', '|', '0.4', '|'] in rows


def test_an_unknown_key_names_those_that_there_are(run_tool, write_log, tmp_path):
    run = write_log('20260101_000000', epochs=(1,), offset=0)
    reported = run_tool(
        'analysis_tools/analyze_logs.py', 'plot_curve', run, '--keys', 'acc', fails=True
    )
    assert re.search(r'has not logged acc; it has epoch, head_pose', reported)


def test_a_folder_without_logs_is_an_error(run_tool, tmp_path):
    reported = run_tool(
        'analysis_tools/analyze_logs.py', 'plot_curve', tmp_path, fails=True
    )
    assert re.search('name the work directory', reported)


def test_what_is_no_log_is_named(run_tool, tmp_path):
    path = tmp_path / 'scalars.json'
    path.write_text('{"loss": 1}\n')
    reported = run_tool(
        'analysis_tools/analyze_logs.py', 'plot_curve', path, fails=True
    )
    assert re.search(r'scalars\.json is not a log of mmengine', reported)


@pytest.mark.parametrize(
    ('option', 'mean'), [([], '6.0'), (['--include-outliers'], '4.5')]
)
def test_time_of_an_iteration(run_tool, write_log, option, mean):
    run = write_log('20260101_000000', epochs=(1, 2), offset=0)
    printed = run_tool('analysis_tools/analyze_logs.py', 'cal_train_time', run, *option)
    assert f'| {mean}000 | {mean}000 (epoch 1) |' in printed
