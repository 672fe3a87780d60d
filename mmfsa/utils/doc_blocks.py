"""The blocks of code in Markdown pages and notebooks, and what is to be done with them.

A comment on the line above a block says what else is to be done than to run it:

    <!-- not run: REASON -->   nothing
    <!-- file: PATH -->        it is written to PATH; a config is built, too
"""

import json
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

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
        line: Where its code begins, from 1; in a notebook's cell it is 1.
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
