"""Which network learns most in the same time: a folder of experiments, all alike but in one
thing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from mmengine import Config
from mmengine.logging import print_log

from mmfsa.evaluation.tables import format_table
from mmfsa.utils.configs import load_config
from mmfsa.utils.files import write_json
from mmfsa.utils.reading import read_json

from .training import release, training_runner

# What must be the same for all: else a run learns more, or is asked something else.
ALIKE = 'train_cfg', 'val_dataloader', 'param_scheduler'
METRICS = {
    'MAE': 'MAE',
    'geodesic_mean': 'geodesic',
    'geodesic_p95': '95 % within',
}
HEADER = 'parameters', 'multiply-adds', 'ms', *METRICS.values()


def search(
    folder: Path,
    out: Path,
    work_dir: Path,
    measure: Callable[[Mapping[str, Config]], Mapping[str, dict]],
    data_root: str | None = None,
    on_device: bool = True,
    only: Sequence[str] = (),
) -> str:
    """Train each experiment of a folder, and compare them on the faces that are held out.

    Each result is written as soon as it is there. The same call goes on where one stopped:
    in the middle of a training, too. The networks are timed all in one run, at the end.

    Args:
        folder: Experiment files; `base.py` is one of them.
        out: The file of the results.
        work_dir: Where each run gets its folder.
        measure: :func:`mmfsa.deploy.timing.measure_networks`.
        data_root: The folder of all data sets, in place of `data`.
        on_device: Keep and augment the training images where the model is.
        only: The names of the experiments to compare with `base`; all by default.

    Returns:
        The table.

    Raises:
        FileNotFoundError: A file or a data set is missing.
        ValueError: An experiment has another schedule, or other held-out faces, than
            `base.py`; or there is none of a name.
    """
    configs = {path.stem: load_config(path) for path in sorted(folder.glob('*.py'))}
    check_alike(configs)
    missing = {*only} - {*configs}
    if missing:
        raise ValueError(f'{folder} has no {", ".join(sorted(missing))}')
    if only:
        configs = {name: configs[name] for name in configs if name in ('base', *only)}
    rows = read_json(out) if out.is_file() else {}
    for name in configs:
        if name in rows:
            continue
        print_log(f'{name}: {len(rows)} of {len(configs)} are done', logger='current')
        runner = training_runner(
            folder / f'{name}.py',
            resume='auto',
            on_device=on_device,
            work_dir=work_dir / name,
            data_root=data_root,
        )
        try:
            runner.train()
        finally:
            release(runner)
        rows[name] = {key: last(runner, f'head_pose/{key}') for key in METRICS}
        write_json(rows, out)
    if any('milliseconds' not in rows[name] for name in configs):
        for name, measured in measure(configs).items():
            rows[name] |= measured
        write_json(rows, out)
    return table({name: rows[name] for name in configs})


def check_alike(configs: Mapping[str, Config]) -> None:
    """Refuse experiments that don't compare.

    Raises:
        ValueError: There is no `base`, or one has another schedule or other faces.
    """
    if 'base' not in configs:
        raise ValueError(
            'the folder has no base.py, which all others are compared with'
        )
    for name, cfg in configs.items():
        for key in ALIKE:
            if cfg.get(key) != configs['base'].get(key):
                raise ValueError(f'{name}.py has another {key} than base.py')


def last(runner, key: str) -> float:
    """The last value that a run logged."""
    return round(float(runner.message_hub.get_scalar(f'val/{key}').current()), 4)


def table(rows: Mapping[str, Mapping]) -> str:
    """The results as text, the best first."""
    return format_table(
        ['network', *HEADER], [[name, *cells] for name, cells in lines(rows)]
    )


def lines(rows: Mapping[str, Mapping]) -> Iterator[tuple[str, list[str]]]:
    """The name of each experiment and its cells of :data:`HEADER`, the best first."""
    for name, row in sorted(rows.items(), key=lambda item: item[1]['MAE']):
        yield (
            name,
            [
                f'{row["parameters"]:,}',
                f'{row["multiply_adds"] / 1e6:.1f} M',
                f'{row["milliseconds"]:.2f}',
                # An older search measured less.
                *(f'{row[key]:.2f}' if key in row else '' for key in METRICS),
            ],
        )
