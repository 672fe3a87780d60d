"""What `mmfsa doctor` prints: versions, what is installed, and a test of every backend.

Whatever is missing or broken, this module imports, because it is what reports that.
"""

import platform
import sys

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mmfsa import parts
from mmfsa.version import __version__

MODEL = 'fsa_caps_1x1.synthetic'
CLOSE = 1e-3  # degrees


def run(compiled: bool = False) -> int:
    """Print everything.

    Args:
        compiled: Try `torch-compile`, too, which compiles for a minute.

    Returns:
        0, or 1 if a package is broken, a required one is missing, or a backend that is
        installed does not compute what torch computes.
    """
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    console.print(
        f'mmfsa {__version__}, Python {platform.python_version()}, '
        f'{platform.platform()}\n'
    )
    required = _show_parts(
        console, 'required', parts.REQUIRED, (parts.MISSING, parts.BROKEN)
    )
    bad = required + _show_parts(console, 'training', parts.TRAINING, (parts.BROKEN,))
    bad += _show_parts(console, 'optional', parts.OPTIONAL, (parts.BROKEN,))
    if not required and all(p.state()[0] == parts.PRESENT for p in parts.TRAINING):
        from mmfsa import self_test  # imports what trains

        bad += self_test.run(console, compiled)
    elif not required:
        bad += _test_without_torch(console)
    for problem in bad:
        console.print(f'problem: {escape(problem)}')
    console.print('there are problems' if bad else 'no problems')
    return 1 if bad else 0


def _show_parts(
    console: Console, title: str, shown: tuple[parts.Part, ...], wrong: tuple[str, ...]
) -> list[str]:
    """Print a table of parts; return a problem for each in a state that is wrong."""
    problems = []
    table = Table('package', 'for', 'there', 'version, or what to do', title=title)
    for part in shown:
        state, detail = part.state()
        text = part.install if state == parts.MISSING else detail
        if state == parts.BROKEN:
            text = f'{detail}: {part.install}'
        table.add_row(part.name, part.purpose, state, escape(text))
        if state in wrong:
            what = 'missing' if state == parts.MISSING else 'broken'
            problems.append(f'{part.name} is {what}: {part.install}')
    console.print(table)
    return problems


def _test_without_torch(console: Console) -> list[str]:
    """Compare OpenCV with ONNX Runtime on a network of mmfsa; return the problems."""
    import numpy as np

    from mmfsa import create_model

    ramp = np.add.outer(np.arange(64), 2 * np.arange(64)).astype(np.uint8)
    crop = np.stack([ramp, ramp.T, 255 - ramp], axis=-1)[None]
    try:
        first, other = (
            create_model(MODEL, backend=backend).estimate(crop)
            for backend in ('onnxruntime', 'opencv')
        )
    except Exception as e:  # a backend's own errors can be anything
        return [f'self-test: {type(e).__name__}: {e}'.splitlines()[0]]
    deviation = float(np.abs(first - other).max())
    console.print(
        f'self-test without torch: {MODEL} in ONNX Runtime and in OpenCV, '
        f'{deviation:.1e}° apart\n'
    )
    return [] if deviation <= CLOSE else [f'backend opencv: {deviation:.2g}° off']
