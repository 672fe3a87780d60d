"""The mean of a model's checkpoints, with statistics of the training faces.

    python tools/model_converters/average_checkpoints.py configs/recipes/fsa_caps_1x1.py \\
        seed_0.pth seed_1.pth DST.pth --without RotateInPlane

The checkpoints are of runs that began with the same weights: such have a mean that is a
good network, too. Batch normalisation has no mean of its own: its statistics are taken
anew, over faces that the config trains on ("Averaging Weights Leads to Wider Optima and
Better Generalization", Izmailov et al., UAI 2018, section 3.1). Of one checkpoint, the
statistics are all that changes: `--without` takes them of faces that are less distorted
than those in training, as photos are.
"""

import argparse
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import torch.nn as nn
from mmengine import Config
from mmengine.runner import Runner, set_random_seed
from rich.progress import track
from torch.optim.swa_utils import AveragedModel, update_bn

from mmfsa.engine import load_weights, save_checkpoint
from mmfsa.engine.runs import config_dicts, set_data_root
from mmfsa.registry import MODELS
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import add_data_root, clear_errors


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config', type=Path, help='the experiment file')
    parser.add_argument('src', type=Path, nargs='+', help='checkpoints of its model')
    parser.add_argument('dst', type=Path, help='checkpoint to write')
    parser.add_argument(
        '--without',
        nargs='+',
        default=[],
        metavar='TRANSFORM',
        help='leave such transforms of the training faces out',
    )
    parser.add_argument(
        '--batches',
        type=int,
        default=100,
        help="how many of the training's batches to take (%(default)s)",
    )
    add_data_root(parser)
    args = parser.parse_args()
    register_all_modules()
    with clear_errors():
        if args.batches < 1:
            raise ValueError(f'--batches must be 1 or more, got {args.batches}')
        cfg = Config.fromfile(args.config)
        set_data_root(cfg, args.data_root)
        leave_out(cfg, args.without)
        model = average(cfg, args.src, args.batches)
        meta = dict(config=args.config.name)
        save_checkpoint(dict(state_dict=model.state_dict(), meta=meta), args.dst)
        print(f'wrote {args.dst}')


def leave_out(cfg: Config, transforms: list[str]) -> None:
    """Take transforms out of every training pipeline of a config.

    Raises:
        ValueError: If one of them is in none.
    """
    found = set()
    for node in config_dicts(cfg.train_dataloader):
        if 'pipeline' in node:
            found |= {step['type'] for step in node['pipeline']}
            node['pipeline'] = [
                step for step in node['pipeline'] if step['type'] not in transforms
            ]
    for name in transforms:
        if name not in found:
            raise ValueError(
                f'--without {name}: the training faces of {Path(cfg.filename).name} '
                f'undergo {", ".join(sorted(found))}'
            )


def average(cfg: Config, sources: Iterable[Path], batches: int) -> nn.Module:
    """The mean model, with statistics of so many batches of training faces.

    Raises:
        FileNotFoundError, ValueError: See :func:`mmfsa.engine.load_weights`.
    """
    set_random_seed(0)
    model = MODELS.build(cfg.model)
    mean = AveragedModel(model)
    for source in sources:
        load_weights(model, source)
        mean.update_parameters(model)
    loader = Runner.build_dataloader(cfg.train_dataloader, seed=0)
    batches = min(batches, len(loader))
    preprocess = model.data_preprocessor
    faces = track(islice(loader, batches), 'Looking at faces', total=batches)
    update_bn((preprocess(batch, True)['inputs'] for batch in faces), mean)
    return mean.module


if __name__ == '__main__':
    main()
