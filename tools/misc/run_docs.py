"""Run the Python and shell blocks of Markdown pages, and notebooks, where you are.

    python tools/misc/run_docs.py docs/en/conventions.md docs/en/tutorial.ipynb [PAGE ...]

The Python blocks of a page share their names. What a comment above a block can ask for is
in mmfsa/utils/doc_blocks.py.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

from mmengine import Config

from mmfsa.registry import MODELS
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors
from mmfsa.utils.doc_blocks import Block, read_blocks


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('pages', nargs='+', type=Path, metavar='PAGE')
    args = parser.parse_args()
    sys.path.insert(0, '')  # as for python -c: files that the page writes are found
    for page in args.pages:
        with clear_errors():
            blocks = read_blocks(page)
        names = {'__name__': '__main__'}
        for block in blocks:
            print(f'== {block}', flush=True)
            run(block, names)


def run(block: Block, names: dict) -> None:
    """Run one block; the program ends where it fails.

    Args:
        block: The block.
        names: What the page's Python blocks have defined so far; this one adds its own.
    """
    if block.not_run:
        print(f'not run: {block.not_run}')
    elif block.file:
        path = Path(block.file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.code)
        if path.parts[0] == 'configs':
            register_all_modules()
            MODELS.build(Config.fromfile(path).model)
    elif block.is_python:
        padded = '\n' * (block.line - 1) + block.code  # tracebacks name the page's line
        exec(compile(padded, str(block.page), 'exec'), names)
    else:
        code = re.sub(r'^\$ ', '', block.code, flags=re.MULTILINE)
        done = subprocess.run(['bash', '-euo', 'pipefail', '-c', code])
        if done.returncode:
            sys.exit(f'error: {block}: exit status {done.returncode}')


if __name__ == '__main__':
    main()
