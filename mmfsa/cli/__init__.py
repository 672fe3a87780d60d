"""The command `mmfsa`: a verb for each thing that users want, a module for each verb.

A verb's module has `add_arguments(parser)` and `run(args)`, which returns the exit status.
The scripts in tools/ call the same two functions by :func:`run_script`. A verb is imported
when it is asked for, so that `mmfsa --help` starts fast.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from types import ModuleType

from mmfsa.utils.cli import report, script_parser
from mmfsa.utils.doors import HELP, opened
from mmfsa.version import __version__

VERBS = {
    'predict': 'poses of all faces in images, folders and videos',
    'webcam': 'what a camera sees, in a window',
    'stability': 'jitter and lag of the poses in a video, by smoother',
    'serve': 'head poses over HTTP, for images and streams of frames',
    'bulk': 'poses in very many images, on many cores or machines',
    'web': 'a page that finds head poses in the browser',
    'models': 'list the networks, and the weights that come with mmfsa',
    'data': 'convert a data set, so that mmfsa can train and test on it',
    'synth': 'render heads with exact poses, a data set to train on',
    'browse': 'show what a network sees of a data set',
    'relabel': 'label a data set with what trained models see in it',
    'convert': "turn another project's weights into a checkpoint",
    'config': 'print a config with everything that it inherits',
    'train': 'train a model',
    'logs': 'curves and times of trainings',
    'test': 'score a model as its protocol says',
    'compare': 'results side by side',
    'analyze': 'figures of where a model errs',
    'reproduce': "measure the tables of FSA-Net's paper again",
    'export': 'export a model to ONNX',
    'precision': 'convert an exported model to float16 or int8',
    'engine': 'build a TensorRT engine from an exported model',
    'benchmark': 'measure how fast a model and its exports are',
    'verify': 'compare exported models and engines with torch',
    'doctor': 'versions, optional parts, and a test of every backend',
    'completion': 'print the script that completes this command in a shell',
}
EXAMPLES = """\
examples:
  mmfsa predict photo.jpg --out results          a photo, with the poses drawn
  mmfsa predict photos/ --json > poses.jsonl     a folder, one JSON object a face
  mmfsa predict clip.mp4 --smooth --out results  a video, tracked and smoothed
  mmfsa predict 'frames/*.png' --video --csv     images as the frames of a video
  mmfsa webcam --smooth                          what a camera sees; q ends
  mmfsa models                                   what --model can be
  mmfsa synth --num 1000 --out data/synth        render heads with exact poses
  mmfsa doctor                                   what is installed, and does it work

exit status:
  0  everything was read        1  something could not be read or written
  2  wrong usage or settings  130  interrupted; what was written is whole
 70  an error of mmfsa's own  141  nobody reads the output any more
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: Its arguments; by default the process's.

    Returns:
        The exit status, as `mmfsa --help` lists them.
    """
    with opened(sys.argv[1:] if argv is None else argv) as others:
        return _main(others)


def _main(argv: list[str]) -> int:
    if not argv or argv[0].startswith('-'):
        overview().parse_args(argv)  # ends here, with help, version or an error
    elif argv[0] not in VERBS:
        return _fail(_unknown(argv[0]), 2)
    verb = load_verb(argv[0])
    args = _parse(build_parser(argv[0]), argv[1:])
    sys.stdout.reconfigure(errors='backslashreplace')
    return _run(verb, args, 'mmfsa')


def run_script(verb: str, description: str) -> None:
    """Run a verb as a script of its own, as those in tools/ are; ends the process.

    Args:
        verb: One of :data:`VERBS`.
        description: The script's docstring, for its `--help`.
    """
    parser = script_parser(description)
    module = load_verb(verb)
    module.add_arguments(parser)
    with opened(sys.argv[1:]) as argv:
        sys.exit(_run(module, _parse(parser, argv), 'error'))


def _run(verb: ModuleType, args: argparse.Namespace, program: str) -> int:
    """Run a verb; its exit status, however it ends."""
    try:
        status = verb.run(args)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return _fail('interrupted', 130)
    except BrokenPipeError:  # nobody reads on, as in `mmfsa predict … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141  # as of a program that the signal has ended
    except Exception as e:
        return report(e, program)


def load_verb(verb: str) -> ModuleType:
    """Import the module of a verb."""
    return import_module(f'mmfsa.cli.{verb}')


def build_parser(verb: str) -> argparse.ArgumentParser:
    """The parser of `mmfsa VERB`."""
    module = load_verb(verb)
    parser = argparse.ArgumentParser(
        prog=f'mmfsa {verb}',
        description=module.__doc__,
        epilog=f'{HELP}\n{EXAMPLES}' if verb == 'predict' else HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(parser)
    return parser


def overview(complete: bool = False) -> argparse.ArgumentParser:
    """The parser of `mmfsa`.

    Args:
        complete: Add the arguments of every verb, which imports them all.
    """
    parser = argparse.ArgumentParser(
        prog='mmfsa',
        description='Head poses from images, videos and cameras.',
        epilog=f'{HELP}\n{EXAMPLES}',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--version', action='version', version=f'mmfsa {__version__}')
    verbs = parser.add_subparsers(title='commands', metavar='COMMAND', required=True)
    for verb, purpose in VERBS.items():
        subparser = verbs.add_parser(verb, help=purpose, description=purpose)
        if complete:
            load_verb(verb).add_arguments(subparser)
    return parser


def _parse(parser: argparse.ArgumentParser, argv: Sequence[str]) -> argparse.Namespace:
    """Parse arguments, whose order is free except where a verb has commands."""
    try:
        return parser.parse_intermixed_args(argv)
    except TypeError:  # commands: argparse refuses before it looks at the arguments
        return parser.parse_args(argv)


def _unknown(verb: str) -> str:
    close = get_close_matches(verb, VERBS, n=1)
    hint = f'did you mean {close[0]}?' if close else f'there are {", ".join(VERBS)}'
    return f'there is no command {verb!r}: {hint}'


def _fail(message: object, status: int) -> int:
    sys.stderr.write(f'mmfsa: {message}\n')
    return status
