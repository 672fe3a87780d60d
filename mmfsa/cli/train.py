"""Train a model as its experiment file says."""

import argparse
import sys

from mmfsa.utils.cli import add_augment_on_device

from .options import add_runner_arguments, config_path, runner_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa train` and tools/train.py."""
    parser.add_argument('config', help='the experiment file, or a name of the zoo')
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        metavar='CHECKPOINT',
        help='go on from a checkpoint, or from the last one in the work directory',
    )
    parser.add_argument(
        '--amp',
        action='store_true',
        help='train with mixed precision: float16 on a GPU, bfloat16 on the CPU',
    )
    add_augment_on_device(parser)
    parser.add_argument(
        '--no-validate', action='store_true', help='do not validate during training'
    )
    parser.add_argument(
        '--auto-scale-lr',
        action='store_true',
        help='scale the learning rate with the number of processes',
    )
    add_runner_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Train, and say where the result is and how to score it."""
    from mmfsa.engine import process_group
    from mmfsa.engine.training import release, training_runner
    from mmfsa.utils.configs import explained

    runner = training_runner(
        config_path(args.config),
        resume=args.resume,
        amp=args.amp,
        on_device=args.augment_on_device,
        validate=not args.no_validate,
        auto_scale_lr=args.auto_scale_lr,
        **runner_settings(args),
    )
    try:
        with explained(runner.cfg):
            runner.train()
    except KeyboardInterrupt:
        sys.stderr.write(
            f'\ninterrupted: --resume --work-dir {runner.work_dir} goes on\n'
        )
        return 130
    finally:
        release(runner)
    runner.logger.info(
        f'done: checkpoints, log and curves are in {runner.work_dir}; score it with\n'
        f'  mmfsa test {args.config} '
        f'{runner.work_dir}/epoch_{runner.max_epochs}.pth'
    )
    process_group.leave(runner)
    return 0
