"""Run the Python and shell blocks of Markdown pages, and notebooks, where you are.

    python tools/misc/run_docs.py docs/en/conventions.md docs/en/tutorial.ipynb [PAGE ...]

The Python blocks of a page share their names. What a comment above a block can ask for is
in mmfsa/utils/doc_blocks.py. With --here, blocks of the command `mmfsa` alone run in this
process, which imports torch once only.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from mmfsa.cli import main as mmfsa
from mmfsa.registry import MODELS
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors, script_parser
from mmfsa.utils.configs import load_config
from mmfsa.utils.doc_blocks import Block, read_blocks


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('pages', nargs='+', type=Path, metavar='PAGE')
    parser.add_argument('--here', action='store_true', help='see above')
    args = parser.parse_args()
    sys.path.insert(0, '')  # as for python -c: files that the page writes are found
    for page in args.pages:
        with clear_errors():
            blocks = read_blocks(page)
        names = {'__name__': '__main__'}
        for block in blocks:
            print(f'== {block}', flush=True)
            run(block, names, args.here)


def run(block: Block, names: dict, here: bool) -> None:
    """Run one block; the program ends where it fails.

    Args:
        block: The block.
        names: What the page's Python blocks have defined so far; this one adds its own.
        here: Run the command `mmfsa` in this process.
    """
    if block.not_run:
        print(f'not run: {block.not_run}')
    elif block.file:
        path = Path(block.file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.code)
        if path.parts[0] == 'configs':
            register_all_modules()
            MODELS.build(load_config(path).model)
    elif block.is_python:
        padded = '\n' * (block.line - 1) + block.code  # tracebacks name the page's line
        exec(compile(padded, str(block.page), 'exec'), names)
    else:
        code = re.sub(r'^\$ ', '', block.code, flags=re.MULTILINE)
        lines = code.replace('\\\n', '').splitlines()
        if here and all(re.match('(mmfsa|export) [^$|;&<>{}*]+$', x) for x in lines):
            status = next(filter(None, map(run_line, lines)), 0)
        else:
            status = subprocess.run(['bash', '-euo', 'pipefail', '-c', code]).returncode
        if status:
            sys.exit(f'error: {block}: exit status {status}')


def run_line(line: str) -> int:
    """Run `mmfsa …` or `export NAME=VALUE`, and return the exit status."""
    command, *arguments = shlex.split(line)
    if command == 'mmfsa':
        return mmfsa(arguments)
    os.environ.update(argument.split('=', 1) for argument in arguments)
    return 0


if __name__ == '__main__':
    main()
