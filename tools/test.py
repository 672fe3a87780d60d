"""Score a checkpoint as the paper does.

    python tools/test.py configs/fsa_caps_1x1_p1.py CHECKPOINT --out results.json

Without --test-set a model is scored on every test set of its protocol. With --backend it
is scored as it runs once deployed:

    python tools/test.py configs/fsa_caps_1x1_p1.py MODEL.onnx --backend openvino
"""

import argparse
import platform
import sys
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

import mmfsa
from mmfsa.apis.network import load_network
from mmfsa.deploy import BACKENDS, ModelCard
from mmfsa.deploy.estimator import BackendEstimator
from mmfsa.engine import load_checkpoint, load_weights
from mmfsa.evaluation import HeadPoseMetric
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import (
    add_runner_arguments,
    clear_errors,
    make_writable,
    runner_config,
)
from mmfsa.utils.files import sha256, write_json


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config', help='the experiment file')
    parser.add_argument(
        'checkpoint', type=Path, help='or, with --backend, an ONNX file or an engine'
    )
    parser.add_argument(
        '--backend',
        choices=BACKENDS,
        help='what runs the model; onnxruntime and openvino export a checkpoint first',
    )
    parser.add_argument(
        '--test-set', default='all', help="one of the protocol's test sets, or all"
    )
    parser.add_argument(
        '--out', type=Path, metavar='JSON', help='write metrics and protocol there'
    )
    parser.add_argument(
        '--predictions',
        action='store_true',
        help='write the label and the prediction of every image, too',
    )
    parser.add_argument(
        '--dump', metavar='PKL', help="dump mmengine's predictions, with one test set"
    )
    add_runner_arguments(parser)
    args = parser.parse_args()
    if args.predictions and not args.out:
        parser.error('--predictions needs --out')

    register_all_modules()
    with clear_errors():
        cfg = runner_config(args)
        # Where a training starts or goes on; mmengine would load it over the checkpoint.
        cfg.load_from, cfg.resume = None, False
        if args.out:
            make_writable(args.out.parent, '--out')
            if args.out.is_dir():
                raise IsADirectoryError(
                    f'--out {args.out} is a folder: give a file in it'
                )
        test_sets = choose(cfg, args)
        runner = Runner.from_cfg(cfg)
        if args.backend:
            meta = deploy(runner, args)
        else:
            meta = load_weights(runner.model, args.checkpoint, args.trust_checkpoint)
        # What is missing shows before anything is scored.
        loops = {name: test_loop(runner, name, t) for name, t in test_sets.items()}
        results = {name: score(runner, loop, args) for name, loop in loops.items()}
        if args.out and is_main_process():
            about = describe(args, meta)
            results = {name: {**result, **about} for name, result in results.items()}
            write_json(
                results if len(results) > 1 else next(iter(results.values())), args.out
            )
            print(f'wrote {args.out}')


def choose(cfg: Config, args: argparse.Namespace) -> dict[str, Config]:
    """The test sets that the command line asks for."""
    test_sets = cfg.get('test_sets')
    if not test_sets:
        test_sets = dict(
            test=dict(dataloader=cfg.test_dataloader, evaluator=cfg.test_evaluator)
        )
    if args.test_set != 'all':
        if args.test_set not in test_sets:
            raise ValueError(
                f'{args.config} has no test set {args.test_set!r}: --test-set takes '
                f'{", ".join(test_sets)} or all'
            )
        test_sets = {args.test_set: test_sets[args.test_set]}
    if args.dump:
        if len(test_sets) > 1:
            raise ValueError('--dump needs one --test-set')
        (test_set,) = test_sets.values()
        test_set['evaluator'] = [
            test_set['evaluator'],
            dict(type='DumpResults', out_file_path=args.dump),
        ]
    return test_sets


def deploy(runner: Runner, args: argparse.Namespace) -> dict:
    """Put a backend in the place of the runner's model.

    Returns:
        What the file says about itself: a checkpoint's `meta`, a card's `config`.

    Raises:
        ValueError: If the file takes other crops than the config gives it, or does not do
            the flip test that the config asks for.
    """
    network, model = load_network(
        runner.cfg, args.checkpoint, args.backend, trust_pickle=args.trust_checkpoint
    )
    runner.model = BackendEstimator(network)
    if model is not None:
        checkpoint = load_checkpoint(
            args.checkpoint, trust_pickle=args.trust_checkpoint
        )
        return checkpoint.get('meta', {})
    asked = ModelCard.of(runner.cfg, args.checkpoint)
    if network.card.crop != asked.crop:
        raise ValueError(
            f'{args.checkpoint} is of {network.card.config}, which takes a '
            f'{network.card.crop}; {args.config} would give it a {asked.crop}'
        )
    if network.card.flip_test != asked.flip_test:
        raise ValueError(
            f'{args.checkpoint} was exported with flip_test={network.card.flip_test}: '
            f'add --cfg-options model.test_cfg.flip_test={network.card.flip_test}'
        )
    return dict(config=network.card.config)


def test_loop(runner: Runner, name: str, test_set: Config) -> TestLoop:
    """The loop over one test set.

    Raises:
        FileNotFoundError: If it is not there.
    """
    try:
        return TestLoop(runner, **test_set)
    except FileNotFoundError as e:
        raise FileNotFoundError(
            f'the test set {name} is missing: {e}\n--test-set chooses another one'
        ) from e


def score(runner: Runner, loop: TestLoop, args: argparse.Namespace) -> dict:
    """Metrics, tables and protocol of one test set."""
    runner._test_loop = loop  # mmengine's runner has one; a protocol may have several
    (metric,) = (m for m in loop.evaluator.metrics if isinstance(m, HeadPoseMetric))
    metrics = runner.test()
    if not is_main_process():
        return {}
    result = dict(metrics=metrics, protocol=asdict(metric.card), table=metric.table)
    if args.predictions:
        result['predictions'] = metric.predictions
    return result


def describe(args: argparse.Namespace, meta: dict) -> dict:
    return dict(
        config=Path(args.config).name,
        checkpoint=dict(
            file=args.checkpoint.name,
            sha256=sha256(args.checkpoint),
            config=meta.get('config'),
        ),
        backend=args.backend or 'torch',
        command=' '.join(sys.argv),
        versions=dict(
            mmfsa=mmfsa.__version__,
            torch=torch.__version__,
            mmengine=mmengine.__version__,
            mmcv=mmcv.__version__,
            numpy=np.__version__,
            opencv=cv2.__version__,
            python=platform.python_version(),
        ),
    )


if __name__ == '__main__':
    main()
