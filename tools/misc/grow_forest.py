"""Grow a random forest for depth maps from rendered people.

    python tools/misc/grow_forest.py --out work_dirs/depth_forest

It renders people as the first Kinect measures them, and grows one tree after the other. An
interrupted run goes on with the next tree. The forest, forest.npz, is for
`--model depth_forest --weights work_dirs/depth_forest/forest.npz`.
"""

from pathlib import Path

from mmfsa.engine.forest import grow_forest
from mmfsa.utils.cli import clear_errors, positive, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('--out', type=Path, required=True, metavar='DIR')
    for name, default, text in (
        ('trees', 15, 'number of trees'),
        ('frames', 3000, 'number of depth maps, each of another person'),
        ('tests', 120, 'tests that a node chooses from'),
        ('max-depth', 20, 'most tests on the way to a leaf'),
        ('min-patches', 8, 'fewest patches of a leaf'),
        ('workers', 1, 'processes that render'),
    ):
        parser.add_argument(
            f'--{name}', type=positive, default=default, help=f'{text}; %(default)s'
        )
    parser.add_argument('--seed', type=int, default=1000, help='%(default)s')
    with clear_errors():
        print(f'wrote {grow_forest(**vars(parser.parse_args()))}')


if __name__ == '__main__':
    main()
