"""Does the loader starve the model? Images per second, side by side in one run, of

(a) a bare PyTorch loop on random tensors, with the config's model and optimiser;
(b) the config's data loader alone;
(c) the runner as tools/train.py starts it, with loader, hooks and logs.

    python tools/analysis_tools/benchmark_training.py configs/fsa_caps_1x1_p1.py \\
        --batch-sizes 16 256 [--data-root data | --random-images 4096]

Without --data-root the loader reads random crops, as many as --random-images, through
the config's augmentation; on a GPU try --augment-on-device, too. The rounds of (a), (b)
and (c) take turns; the table shows their medians and the median of the rounds' ratio
(c)/(a).
"""

from pathlib import Path

from mmfsa.engine.training_speed import benchmark
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import (
    add_augment_on_device,
    add_data_root,
    clear_errors,
    script_parser,
)


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('config')
    parser.add_argument('--batch-sizes', type=int, nargs='+', default=[16, 256])
    parser.add_argument(
        '--images', type=int, default=2048, help='trained on per round and batch size'
    )
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--workers', type=int, help="of the loader; the config's")
    parser.add_argument('--threads', type=int, help='of torch; its own choice')
    add_augment_on_device(parser)
    add_data_root(parser)
    parser.add_argument('--random-images', type=int, default=4096, metavar='N')
    parser.add_argument(
        '--schedule',
        type=int,
        nargs=2,
        metavar=('EPOCHS', 'IMAGES'),
        help='also print how long (c) would take for so many epochs of so many images',
    )
    parser.add_argument('--out', type=Path, metavar='JSON')
    args = parser.parse_args()
    register_all_modules()
    with clear_errors():
        benchmark(**vars(args))


if __name__ == '__main__':
    main()
