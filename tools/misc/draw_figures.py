"""Draw the figures of docs/en/concepts.md and docs/en/conventions.md.

    python tools/misc/draw_figures.py --out docs/images [--weights CHECKPOINT]

A rendered head goes through a model, `fsa_caps_1x1.synthetic`; what each part of it
computes is drawn. Without --weights they are the packaged ones, or, where there are none,
random.
"""

from pathlib import Path

from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors, script_parser
from mmfsa.visualization.figures import draw_figures


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('--out', type=Path, required=True, help='folder')
    parser.add_argument('--weights', type=Path)
    args = parser.parse_args()
    register_all_modules()
    with clear_errors():
        print(draw_figures(args.out, args.weights))


if __name__ == '__main__':
    main()
