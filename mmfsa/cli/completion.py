"""Print the script that completes this command in a shell.

bash: mmfsa completion bash > ~/.local/share/bash-completion/completions/mmfsa
zsh:  mmfsa completion zsh > DIRECTORY_OF_$fpath/_mmfsa
tcsh: mmfsa completion tcsh > ~/.mmfsa.tcsh, and `source ~/.mmfsa.tcsh` in ~/.tcshrc
"""

import argparse
import sys

from mmfsa.utils.cli import positive

NUMBERS = int, float, positive
SHELLS = 'bash', 'zsh', 'tcsh'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa completion`."""
    parser.add_argument('shell', choices=SHELLS)


def run(args: argparse.Namespace) -> int:
    """Print the script of a shell, made from the parsers of all verbs."""
    from mmfsa.utils.packages import import_package

    from . import overview

    shtab = import_package('shtab')
    parser = overview(complete=True)
    _complete_files(parser, shtab.FILE)
    sys.stdout.write(shtab.complete(parser, args.shell) + '\n')
    return 0


def _complete_files(parser: argparse.ArgumentParser, files: dict) -> None:
    """Let every argument without choices be completed by the names of files."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for subparser in action.choices.values():
                _complete_files(subparser, files)
        elif action.nargs != 0 and not action.choices and action.type not in NUMBERS:
            action.complete = files
