"""Run the Python and shell blocks of Markdown pages, and notebooks, where you are.

    python tools/misc/run_docs.py docs/en/conventions.md docs/en/tutorial.ipynb [PAGE ...]

The Python blocks of a page share their names. A comment on the line above a block says what
else is to be done with it:

    <!-- not run: REASON -->   nothing
    <!-- file: PATH -->        it is written to PATH; a config is built, too
"""

import argparse
import json
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from mmengine import Config

from mmfsa.registry import MODELS
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors

BLOCK = re.compile(
    r'(?:^ *<!-- (?P<marker>[^\n]*?) -->\n)?'
    r'^(?P<indent> *)```(?P<language>\w+)\n(?P<code>.*?)^(?P=indent)```$',
    re.MULTILINE | re.DOTALL,
)
PYTHON, SHELL = {'python', 'py'}, {'shell', 'bash', 'sh', 'console'}
CHANGES = re.compile(r'^\s*(pip|make|apt|apt-get|conda|sudo|git clone)\b', re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code.

    Attributes:
        page: The file that it stands in.
        line: Of its first line of code, from 1; in a notebook's cell it is 1.
        code: The code, without common indentation.
        is_python: Python; otherwise shell.
        not_run: The reason why it can't be run.
        file: Where it is to be written.
    """

    page: Path
    line: int
    code: str
    is_python: bool
    not_run: str | None = None
    file: str | None = None

    def __str__(self) -> str:
        return f'{self.page}:{self.line}'


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


def read_blocks(page: Path) -> list[Block]:
    """The blocks of a page that are Python or shell, or a notebook's cells of code.

    Raises:
        ValueError: A marker is unknown or gives no reason, or a block without one would
            change the environment.
    """
    text = page.read_text()
    if page.suffix == '.ipynb':
        cells = [
            cell for cell in json.loads(text)['cells'] if cell['cell_type'] == 'code'
        ]
        return [Block(page, 1, ''.join(cell['source']), True) for cell in cells]
    blocks = []
    for match in BLOCK.finditer(text):
        language = match['language'].lower()
        if language not in PYTHON | SHELL:
            continue
        line = text.count('\n', 0, match.start('code')) + 1
        key, _, value = (match['marker'] or '').partition(': ')
        if match['marker'] and (key not in ('not run', 'file') or not value):
            raise ValueError(
                f'{page}:{line - 2}: unknown marker {match["marker"]!r}: write '
                '<!-- not run: REASON --> or <!-- file: PATH -->'
            )
        code = textwrap.dedent(match['code'])
        if not key and language in SHELL and CHANGES.search(code):
            raise ValueError(
                f'{page}:{line}: this block changes the environment that runs it; put '
                '<!-- not run: REASON --> above it'
            )
        markers = {key.replace(' ', '_'): value} if key else {}
        blocks.append(Block(page, line, code, language in PYTHON, **markers))
    return blocks


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
