"""Tables as text."""

import io
from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.table import Table


def format_table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table as text that fits terminals, log files and Markdown.

    >>> print(format_table(['angle', 'MAE'], [['yaw', '4.81']]))
    | angle | MAE  |
    |-------|------|
    | yaw   | 4.81 |
    """
    table = Table(*header, box=box.MARKDOWN)
    for row in rows:
        table.add_row(*row)
    console = Console(file=io.StringIO(), width=1000)
    console.print(table)
    return console.file.getvalue().strip()
