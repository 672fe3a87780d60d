"""The mean of a model's checkpoints, with statistics of the training faces.

Checkpoints of runs that began with the same weights have a mean that is a good network,
too. Batch normalisation has no mean of its own: its statistics are taken anew, over faces
that the config trains on ("Averaging Weights Leads to Wider Optima and Better
Generalization", Izmailov et al., UAI 2018, section 3.1).
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import torch.nn as nn
from mmengine import Config
from mmengine.runner import Runner, set_random_seed
from torch.optim.swa_utils import AveragedModel, update_bn

from mmfsa.datasets.nested import inner_datasets
from mmfsa.engine.runs import config_dicts
from mmfsa.registry import MODELS
from mmfsa.utils.configs import build_part
from mmfsa.utils.progress import track

from .checkpoint import load_weights, save_checkpoint


def average_checkpoints(
    cfg: Config,
    sources: Iterable[Path],
    dst: Path,
    without: Sequence[str] = (),
    batches: int = 100,
) -> None:
    """Write the mean of checkpoints as a checkpoint.

    With one checkpoint, its statistics are all that changes.

    Args:
        cfg: The experiment of the checkpoints.
        sources: The checkpoints.
        dst: The checkpoint to write.
        without: Types of transforms of the training faces to leave out: without those
            that distort faces, the statistics are those of photos.
        batches: How many of the training's batches to take statistics of.

    Raises:
        FileNotFoundError: A checkpoint or the training set is not there.
        ValueError: Weights are another model's, `batches` is below 1, or a transform to
            leave out is not there.
    """
    if batches < 1:
        raise ValueError(f'--batches must be 1 or more, got {batches}')
    leave_out(cfg, without)
    model = average(cfg, sources, batches)
    meta = dict(config=Path(cfg.filename).name)
    save_checkpoint(dict(state_dict=model.state_dict(), meta=meta), dst)


def leave_out(cfg: Config, transforms: Sequence[str]) -> None:
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
    model = build_part(cfg, 'model', MODELS)
    mean = AveragedModel(model)
    for source in sources:
        load_weights(model, source)
        mean.update_parameters(model)
    loader = Runner.build_dataloader(cfg.train_dataloader, seed=0)
    for dataset in inner_datasets(loader.dataset, 'set_inputs'):
        dataset.set_inputs(model.inputs)
    batches = min(batches, len(loader))
    preprocess = model.data_preprocessor
    faces = track(islice(loader, batches), 'Looking at faces', total=batches)
    update_bn((preprocess(batch, True)['inputs'] for batch in faces), mean)
    return mean.module
