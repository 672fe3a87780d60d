"""Draw the picture of docs/en/comparison.md: error against time and against size.

    python tools/misc/draw_pareto.py --out docs/images/pareto.png

It reads docs/logs/comparison and configs/benchmark.json.
"""

from pathlib import Path

from mmfsa.utils.cli import clear_errors, script_parser
from mmfsa.zoo.method_comparison import draw_pareto


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('--out', type=Path, required=True, metavar='PNG')
    with clear_errors():
        draw_pareto(parser.parse_args().out)


if __name__ == '__main__':
    main()
