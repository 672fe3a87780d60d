"""Print a config with everything that it inherits."""

import argparse

from .options import add_cfg_options, config_path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa config`."""
    parser.add_argument('config', help='an experiment file, or a name of the zoo')
    add_cfg_options(parser)


def run(args: argparse.Namespace) -> int:
    """Print the config; return the exit status."""
    from mmfsa.utils.configs import load_config

    cfg = load_config(config_path(args.config))
    cfg.merge_from_dict(args.cfg_options)
    print(cfg.pretty_text)
    return 0
