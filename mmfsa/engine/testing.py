"""Score a model on the test sets of its protocol, and write the results file."""

import platform
import shlex
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import cv2
import mmcv
import mmengine
import numpy as np
import torch
from mmengine import Config
from mmengine.dist import is_main_process
from mmengine.runner import Runner, TestLoop

from mmfsa.evaluation import HeadPoseMetric
from mmfsa.evaluation.error_analysis import show
from mmfsa.utils.configs import explained, name_of
from mmfsa.utils.files import sha256, write_json
from mmfsa.utils.setup_env import register_all_modules
from mmfsa.version import __version__

from . import process_group
from .checkpoint import load_weights
from .protocol import change_protocol
from .runs import make_writable, quiet_without_data, runner_config

# Keys that `test_sets` stand in for, and where a test set has the same settings.
STANDS_IN = {'test_dataloader': 'dataloader', 'test_evaluator': 'evaluator'}
# What only a training looks at.
OF_TRAINING = (
    *('train_dataloader', 'train_cfg', 'val_dataloader', 'val_evaluator', 'val_cfg'),
    *('optim_wrapper', 'param_scheduler', 'auto_scale_lr', 'load_from', 'resume'),
)


def test(
    config: str | Path,
    weights: str | Path | None,
    test_set: str = 'all',
    out: str | Path | None = None,
    predictions: bool = False,
    dump: str | Path | None = None,
    show_dir: str | Path | None = None,
    box: str | None = None,
    pipeline: str = 'own',
    detector: str = 'centerface',
    order: str | None = None,
    backend: str = 'torch',
    load: Callable[[Runner], dict] | None = None,
    **settings,
) -> dict[str, dict]:
    """Score a model as the paper does.

    Args:
        config: The experiment file.
        weights: The checkpoint, or the file that `load` puts in the model's place; None
            for a method without weights.
        test_set: One of the config's `test_sets`, or `all`.
        out: Write metrics, protocol and table there, as JSON. With several test sets
            the file has a dict for each.
        predictions: Write the label and the prediction of every face, too.
        dump: Dump mmengine's predictions to this file; needs a single test set.
        show_dir: Write a picture of each face there, below the name of its test set.
        box: The kind of box that faces are cut from, such as `landmarks68`, or
            `detector`; the model's or the pipeline's own by default.
        pipeline: Whose crop rule cuts the faces: `own`, the model's, or one of
            :data:`mmfsa.inputs.pipelines.PIPELINES`.
        detector: The detector of the box `detector`.
        order: In which order angles are read off the predicted rotations, one of
            :data:`mmfsa.structures.ORDERS`; None: as the evaluator or the model says.
        backend: What runs the model, for the results.
        load: Puts the weights into the runner, or a backend or a method in its model's
            place, and returns what their file says about itself. By default loads a
            checkpoint.
        **settings: Arguments of :func:`~mmfsa.engine.runs.runner_config`.

    Returns:
        The result of each test set, by name; empty in all processes but the first.

    Raises:
        FileNotFoundError: If the config, the weights or a test set is missing.
        OSError: If results can't be written.
        ValueError: If there is no such test set, if the weights are another model's, or
            if a setting would change nothing.
    """
    register_all_modules()
    cfg = runner_config(config, **settings)
    # Where a training starts or goes on; mmengine would load it over the checkpoint.
    cfg.load_from, cfg.resume = None, False
    # The mean of a training's weights is in the checkpoint already; the hook would copy
    # the model, and a session of ONNX Runtime can't be copied.
    hooks = cfg.get('custom_hooks') or []
    cfg.custom_hooks = [h for h in hooks if not h['type'].endswith('EMAHook')]
    if out:
        _check_out(Path(out))
    _refuse_unused(cfg, settings.get('cfg_options') or {})
    test_sets = _choose(cfg, test_set, dump)
    quiet_without_data(cfg, [*test_sets.values()])
    if 'model' not in cfg:
        _without_a_network(cfg)
    with explained(cfg, builds=True):
        runner = Runner.from_cfg(cfg)
    if load:
        meta = load(runner)
    else:
        meta = load_weights(runner.model, weights, settings.get('trust_pickle', False))
    # What is wrong with a test set shows before anything is scored.
    several = len(cfg.get('test_sets') or ()) > 1
    loops = {n: _loop(runner, n, t, several) for n, t in test_sets.items()}
    for loop in loops.values():
        change_protocol(loop.dataloader.dataset, runner.model, box, pipeline, detector)
        if order:
            _metric(loop).order = order
    results = {}
    for name, loop in loops.items():
        results[name] = _score(runner, loop, predictions)
        if show_dir and is_main_process():
            show(_metric(loop).predictions, Path(show_dir) / name)
    first = is_main_process()
    process_group.leave(runner)
    if not first:
        return {}
    about = _describe(config, weights and Path(weights), meta, backend)
    results = {name: {**result, **about} for name, result in results.items()}
    if out:
        several = len(results) > 1
        write_json(results if several else next(iter(results.values())), out)
    return results


def _check_out(out: Path) -> None:
    make_writable(out.parent, '--out')
    if out.is_dir():
        raise IsADirectoryError(f'--out {out} is a folder: give a file in it')


def _without_a_network(cfg: Config) -> None:
    """Let a runner test a method that has nothing to train."""
    for key in ('train_dataloader', 'val_dataloader', 'val_evaluator'):
        cfg.pop(key, None)
    cfg.model = dict(type='mmfsa.MethodEstimator')
    cfg.test_cfg = dict()


def _refuse_unused(cfg: Config, options: dict) -> None:
    """Refuse settings that would change nothing.

    These are settings of a training, and settings of what `test_sets` stand in for, in
    the config itself, too.
    """
    for key in options:
        first, _, rest = key.partition('.')
        if first in OF_TRAINING:
            raise ValueError(
                f'--cfg-options {key} would change nothing: a test has no {first}'
            )
        if first in STANDS_IN and cfg.get('test_sets'):
            keys = [
                '.'.join(filter(None, ('test_sets', name, STANDS_IN[first], rest)))
                for name in cfg.test_sets
            ]
            raise ValueError(
                f'--cfg-options {key} would change nothing, as the config has '
                f'test_sets: set {" or ".join(keys)}'
            )
    if any(key.startswith('test_sets') for key in options):
        return  # the user has changed what the config's test_dataloader repeats
    given = cfg.get('test_dataloader')
    loaders = {n: one.dataloader for n, one in (cfg.get('test_sets') or {}).items()}
    if given in loaders.values():
        return
    for name, loader in loaders.items():
        if _data(given) == _data(loader):
            raise ValueError(
                f'{name_of(cfg)}: test_dataloader differs from '
                f'test_sets.{name}.dataloader, which is tested in its place: change that'
            )


def _data(loader: dict | None) -> tuple:
    """Where the data of a loader lie."""
    dataset = (loader or {}).get('dataset') or {}
    return tuple(dataset.get(key) for key in ('type', 'data_root', 'ann_file'))


def _choose(cfg: Config, name: str, dump: str | Path | None) -> dict[str, Config]:
    test_sets = cfg.get('test_sets')
    if not test_sets and not (cfg.get('test_dataloader') and cfg.get('test_evaluator')):
        raise ValueError(
            f'{name_of(cfg)} has no test sets: give it `test_sets`, or a `_base_` that '
            'has some, such as mmfsa::_base_/datasets/aflw2000_frames.py'
        )
    if not test_sets:
        test_sets = dict(
            test=dict(dataloader=cfg.test_dataloader, evaluator=cfg.test_evaluator)
        )
    if name != 'all':
        if name not in test_sets:
            raise ValueError(
                f'{cfg.filename} has no test set {name!r}: --test-set takes '
                f'{", ".join(test_sets)} or all'
            )
        test_sets = {name: test_sets[name]}
    if dump:
        if len(test_sets) > 1:
            raise ValueError('--dump needs one --test-set')
        if Path(dump).suffix not in ('.pkl', '.pickle'):
            raise ValueError(f'--dump {dump} must end in .pkl or .pickle')
        make_writable(Path(dump).parent, '--dump')
        (test_set,) = test_sets.values()
        test_set['evaluator'] = [
            test_set['evaluator'],
            dict(type='mmfsa.DumpWholeResults', out_file_path=str(dump)),
        ]
    return test_sets


def _loop(runner: Runner, name: str, test_set: Config, are_several: bool) -> TestLoop:
    try:
        with explained(runner.cfg):
            return TestLoop(runner, **test_set)
    except FileNotFoundError as e:
        others = '; --test-set chooses another one' if are_several else ''
        raise FileNotFoundError(f'the test set {name} is missing: {e}{others}') from e


def _score(runner: Runner, loop: TestLoop, predictions: bool) -> dict:
    """Metrics, tables and protocol of one test set."""
    runner._test_loop = loop  # mmengine's runner has one; a protocol may have several
    metric = _metric(loop)
    metrics = runner.test()
    if not is_main_process():
        return {}
    result = dict(metrics=metrics, protocol=asdict(metric.card), table=metric.table)
    if predictions:
        result['predictions'] = metric.predictions
    return result


def _metric(loop: TestLoop) -> HeadPoseMetric:
    (metric,) = (m for m in loop.evaluator.metrics if isinstance(m, HeadPoseMetric))
    return metric


def command() -> list[str]:
    """The words that started this program, as anyone may write them."""
    program, *words = sys.argv
    own = Path(program).name in ('mmfsa', '__main__.py')  # python -m mmfsa
    return ['mmfsa' if own else program, *words]


def _describe(
    config: str | Path, weights: Path | None, meta: dict, backend: str
) -> dict:
    checkpoint = {}
    if weights is not None:
        checkpoint = dict(
            file=weights.name, sha256=sha256(weights), config=meta.get('config')
        )
    return dict(
        config=Path(config).name,
        checkpoint=checkpoint,
        backend=backend,
        command=shlex.join(command()),
        versions=dict(
            mmfsa=__version__,
            torch=torch.__version__,
            mmengine=mmengine.__version__,
            mmcv=mmcv.__version__,
            numpy=np.__version__,
            opencv=cv2.__version__,
            python=platform.python_version(),
        ),
    )
