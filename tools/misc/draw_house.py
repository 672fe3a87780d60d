"""Draw the picture of docs/en/architecture.md: the packages, and who calls whom.

    python tools/misc/draw_house.py --out docs/images/house.png

mmfsa/visualization/house.py has the rooms and the arrows.
"""

from pathlib import Path

from mmfsa.utils.cli import script_parser
from mmfsa.visualization.house import draw_house


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('--out', type=Path, required=True, metavar='PNG')
    draw_house(parser.parse_args().out)


if __name__ == '__main__':
    main()
