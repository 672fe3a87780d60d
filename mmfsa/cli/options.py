"""Options that several verbs share, and the models that they name."""

import argparse
from pathlib import Path

from mmengine import Config, DictAction

from mmfsa.utils.cli import add_allow_partial, add_data_root, add_trust_checkpoint
from mmfsa.utils.configs import load_config, without_network
from mmfsa.utils.files import CHECKPOINTS


class Settings(DictAction):
    """mmengine's KEY=VALUE pairs, with a clear message where there is no `=`."""

    def __call__(self, parser, namespace, values, option_string=None) -> None:
        for pair in values:
            if '=' not in pair:
                parser.error(f'{option_string} {pair}: give KEY=VALUE, such as a.b=1')
        try:
            super().__call__(parser, namespace, values, option_string)
        except (AssertionError, ValueError) as e:
            parser.error(f'{option_string} {" ".join(values)}: {e}')


def add_runner_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that `train` and `test` have in common with MMPose's tools."""
    parser.add_argument('--work-dir', help='where logs and results go')
    add_data_root(parser)
    add_cfg_options(parser)
    add_allow_partial(parser)
    add_trust_checkpoint(parser)
    parser.add_argument(
        '--launcher', choices=['none', 'pytorch', 'slurm', 'mpi'], default='none'
    )
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0)


def add_cfg_options(parser: argparse.ArgumentParser) -> None:
    """Add settings that a user gives in place of a config's."""
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=Settings,
        default={},
        help='settings in place of those of the config, key=value or key="[a,b]"',
    )


def runner_settings(args: argparse.Namespace) -> dict:
    """What these options say to :func:`mmfsa.engine.runs.runner_config`."""
    return dict(
        work_dir=args.work_dir,
        data_root=args.data_root,
        cfg_options=args.cfg_options,
        partial=args.allow_partial,
        trust_pickle=args.trust_checkpoint,
        launcher=args.launcher,
        local_rank=args.local_rank,
    )


def add_model_arguments(parser: argparse.ArgumentParser, files: str, more: str) -> None:
    """Add a model with its weights, and the files that follow it.

    Args:
        parser: The verb's parser.
        files: `+` or `*`, how many files follow.
        more: What these files are.
    """
    parser.add_argument('model', help='the experiment file, or a name of the zoo')
    parser.add_argument(
        'files',
        nargs=files,
        type=Path,
        metavar='FILE',
        help='after an experiment file its checkpoint, after a name where the zoo has no '
        f'weights or others are meant; then {more}',
    )
    parser.add_argument(
        '--flip-test',
        action='store_true',
        help="the mean of what is seen in a face and in its mirror image: the config's "
        'model.test_cfg.flip_test',
    )
    add_trust_checkpoint(parser)


def add_faces(parser: argparse.ArgumentParser, needed: str) -> None:
    """Add a data set of faces.

    Args:
        parser: The script's parser.
        needed: What the faces must have.
    """
    parser.add_argument(
        '--data-root', required=True, metavar='DIR', help=f'with {needed}'
    )


def add_comparison_arguments(parser: argparse.ArgumentParser, needed: str) -> None:
    """Add models, the faces that they see, and the picture of what comes out.

    Args:
        parser: The script's parser.
        needed: What the faces must have.
    """
    parser.add_argument(
        'models', nargs='+', metavar='MODEL', help='a name of the zoo, or its weights'
    )
    add_faces(parser, needed)
    parser.add_argument('--out', type=Path, required=True, metavar='PNG')


def named_model(
    args: argparse.Namespace, asks: str
) -> tuple[Config, Path, str, list[Path]]:
    """The model that these arguments name.

    Args:
        args: The arguments of :func:`add_model_arguments`.
        asks: The verb, for messages.

    Returns:
        Its config, its checkpoint, its name, and the files that follow.

    Raises:
        FileNotFoundError: If there is no such config.
        ValueError: If there is no such model, no checkpoint, or no weights in the zoo.
    """
    from mmfsa import zoo

    files = args.files
    if args.model.endswith('.py') or Path(args.model).is_file():
        cfg = load_config(args.model)
        if not files:
            raise ValueError(f'{args.model} needs a checkpoint after it')
        checkpoint, *files = files
        name = Path(args.model).stem
    else:
        name = zoo.resolve(args.model).name
        if files and files[0].suffix in CHECKPOINTS:
            cfg = zoo.get_config(args.model)
            checkpoint, *files = files
        else:
            cfg, checkpoint = zoo_model(args.model)
    if 'model' not in cfg:
        raise ValueError(without_network(cfg, asks))
    if args.flip_test:
        cfg.model.test_cfg = dict(flip_test=True)
    return cfg, checkpoint, name, files


def config_path(name: str) -> str:
    """The path of a config, or that of what a name of the zoo stands for."""
    from mmfsa import zoo

    if name.endswith('.py') or Path(name).is_file():
        return name
    return str(zoo.resolve(name).config)


def zoo_model(name: str) -> tuple[Config, Path]:
    """The config and the weights that a name of the zoo stands for.

    Raises:
        ValueError: If there is no such model, or there are no weights of it.
    """
    from mmfsa import zoo

    cfg, weights = zoo.find_model(name)
    if weights is None:
        raise ValueError(
            f"there are no weights of {name}: convert its authors' file once (`mmfsa "
            'convert FILE`), or give its experiment file and a checkpoint (`mmfsa models '
            '--weights` lists the weights that come with mmfsa)'
        )
    return cfg, weights
