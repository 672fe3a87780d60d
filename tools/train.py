"""Train a model.

python tools/train.py configs/fsa_caps_1x1_p1.py --data-root data
"""

import argparse
import sys

import torch
from mmengine import Config
from mmengine.runner import Runner, find_latest_checkpoint

from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import (
    add_augment_on_device,
    add_runner_arguments,
    augment_on_device,
    clear_errors,
    runner_config,
)
from mmfsa.utils.memory import keep_freed_memory


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config', help='the experiment file')
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        metavar='CHECKPOINT',
        help='go on from a checkpoint, or from the last one in the work directory',
    )
    parser.add_argument(
        '--amp', action='store_true', help='train with mixed precision (needs a GPU)'
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
    args = parser.parse_args()

    keep_freed_memory()
    register_all_modules()
    with clear_errors():
        cfg = runner_config(args)
        apply_arguments(cfg, args)
        runner = Runner.from_cfg(cfg)
        # Builds the dataset: what is wrong with it shows before the first epoch.
        if len(runner.train_loop.dataloader) == 0:
            sys.exit(
                'error: the training set has '
                f'{len(runner.train_dataloader.dataset)} images, fewer than a batch of '
                f'{cfg.train_dataloader.batch_size}: lower it with --cfg-options '
                'train_dataloader.batch_size=N'
            )
    try:
        with clear_errors():
            runner.train()
    except KeyboardInterrupt:
        sys.exit(f'\ninterrupted: --resume --work-dir {cfg.work_dir} goes on')
    runner.logger.info(
        f'done: checkpoints, log and curves are in {cfg.work_dir}; score it with\n'
        f'  python tools/test.py {args.config} '
        f'{cfg.work_dir}/epoch_{runner.max_epochs}.pth'
    )


def apply_arguments(cfg: Config, args: argparse.Namespace) -> None:
    if args.no_validate:
        cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    if args.resume:
        # A run without a checkpoint yet begins where the config says.
        auto = args.resume == 'auto'
        checkpoint = find_latest_checkpoint(cfg.work_dir) if auto else args.resume
        cfg.resume = checkpoint is not None
        cfg.load_from = checkpoint or cfg.get('load_from')
    if args.amp:
        if not torch.cuda.is_available():
            raise ValueError('--amp needs a GPU; leave it out to train on the CPU')
        cfg.optim_wrapper.type = 'AmpOptimWrapper'
        cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')
    if args.augment_on_device:
        augment_on_device(cfg)
    if args.auto_scale_lr:
        schedulers = cfg.get('param_scheduler') or []
        for scheduler in schedulers if isinstance(schedulers, list) else [schedulers]:
            if scheduler.type == 'OneCycleLR':  # whose rates are not the optimiser's
                raise ValueError(
                    '--auto-scale-lr scales no OneCycleLR: give its '
                    f'--cfg-options param_scheduler.eta_max, now {scheduler.eta_max}'
                )
        cfg.auto_scale_lr = dict(
            enable=True, base_batch_size=cfg.train_dataloader.batch_size
        )


if __name__ == '__main__':
    main()
